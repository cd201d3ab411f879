"""Norms that need no batch: of rows, of neighbouring channels, and of the weights themselves."""

from .group_norm import GroupNorm
from .instance_norm import InstanceNorm1d, InstanceNorm2d, InstanceNorm3d
from .layer_norm import LayerNorm
from .local_response_norm import CrossMapLRN2d, LocalResponseNorm
from .rms_norm import RMSNorm
from .row_norm import RowNorm
from .spectral_norm import SpectralNorm, spectral_norm
from .trailing_norm import TrailingNorm
from .weight_norm import WeightNorm, weight_norm

__all__ = [
    "CrossMapLRN2d", "GroupNorm", "InstanceNorm1d", "InstanceNorm2d", "InstanceNorm3d", "LayerNorm",
    "LocalResponseNorm", "RMSNorm", "RowNorm", "SpectralNorm", "TrailingNorm", "WeightNorm", "spectral_norm",
    "weight_norm",
]
