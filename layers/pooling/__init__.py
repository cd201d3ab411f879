"""Pools: the largest value, the mean or the norm of every window, share or channel."""

from .adaptive import (
    AdaptiveAvgPool1d,
    AdaptiveAvgPool2d,
    AdaptiveAvgPool3d,
    AdaptiveMaxPool1d,
    AdaptiveMaxPool2d,
    AdaptiveMaxPool3d,
)
from .avg_pool import AvgPool1d, AvgPool2d, AvgPool3d, AvgPoolNd
from .feature_lp_pooling import FeatureLPPooling
from .fractional_max_pool import FractionalMaxPool2d, FractionalMaxPool3d
from .global_pool import GlobalAvgPool, GlobalMaxPool
from .lp_pool import LPPool1d, LPPool2d, LPPool3d
from .max_pool import MaxPool1d, MaxPool2d, MaxPool3d, MaxPoolNd
from .max_unpool import MaxUnpool1d, MaxUnpool2d, MaxUnpool3d

__all__ = [
    "AdaptiveAvgPool1d", "AdaptiveAvgPool2d", "AdaptiveAvgPool3d", "AdaptiveMaxPool1d", "AdaptiveMaxPool2d",
    "AdaptiveMaxPool3d", "AvgPool1d", "AvgPool2d", "AvgPool3d", "AvgPoolNd", "FeatureLPPooling", "FractionalMaxPool2d",
    "FractionalMaxPool3d", "GlobalAvgPool", "GlobalMaxPool", "LPPool1d", "LPPool2d", "LPPool3d", "MaxPool1d",
    "MaxPool2d", "MaxPool3d", "MaxPoolNd", "MaxUnpool1d", "MaxUnpool2d", "MaxUnpool3d",
]
