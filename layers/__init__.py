"""Differentiable steps: every layer's forward pass beside its backward pass."""

from . import init
from .activations import (
    CELU,
    ELU,
    GELU,
    GLU,
    SELU,
    Hardshrink,
    Hardsigmoid,
    Hardswish,
    Hardtanh,
    LeakyReLU,
    LeCunTanh,
    LogSigmoid,
    Mish,
    PReLU,
    ReLU,
    ReLU6,
    RReLU,
    Sigmoid,
    SiLU,
    Softplus,
    Softshrink,
    Softsign,
    Tanh,
    Tanhshrink,
    Threshold,
)
from .batch_norm import BatchNorm1d, BatchNorm2d
from .bilinear import Bilinear
from .branching import Concat, Copy, Select
from .conv import Conv2d
from .core import Buffer, Layer, Parameter
from .drop_connect import DropConnect
from .dropout import AlphaDropout, Dropout, Dropout1d, Dropout2d, Dropout3d, FeatureAlphaDropout
from .elementwise import Elementwise
from .embedding import Embedding
from .embedding_bag import EmbeddingBag
from .functions import Cos, Exp, Log, Power, Sin
from .gates import Add, Divide, Gate, Maximum, Multiply, Subtract
from .linear import Linear
from .linear_map import LinearMap
from .matmul import MatMul
from .maxout import Maxout
from .noise import GaussianNoise
from .norms import CrossMapLRN2d, LocalResponseNorm, SpectralNorm, WeightNorm, spectral_norm, weight_norm
from .padding import (
    CircularPad1d,
    CircularPad2d,
    CircularPad3d,
    ConstantPad1d,
    ConstantPad2d,
    ConstantPad3d,
    ReflectionPad1d,
    ReflectionPad2d,
    ReflectionPad3d,
    ReplicationPad1d,
    ReplicationPad2d,
    ReplicationPad3d,
    ZeroPad1d,
    ZeroPad2d,
    ZeroPad3d,
)
from .pooling import AvgPool2d, MaxPool2d
from .reshape import Flatten, Identity, Unflatten
from .shuffle import ChannelShuffle, PixelShuffle, PixelUnshuffle, Reshape, Transpose
from .softmax import LogSoftmax, Softmax, Softmax2d, Softmin
from .tied_linear import TiedLinear
from .unfold import Fold, Unfold
from .upsample import Upsample, UpsamplingBilinear2d, UpsamplingNearest2d

__all__ = [
    "CELU",
    "ELU",
    "GELU",
    "GLU",
    "SELU",
    "Add",
    "AlphaDropout",
    "AvgPool2d",
    "BatchNorm1d",
    "BatchNorm2d",
    "Bilinear",
    "Buffer",
    "ChannelShuffle",
    "CircularPad1d",
    "CircularPad2d",
    "CircularPad3d",
    "Concat",
    "ConstantPad1d",
    "ConstantPad2d",
    "ConstantPad3d",
    "Conv2d",
    "Copy",
    "Cos",
    "CrossMapLRN2d",
    "Divide",
    "DropConnect",
    "Dropout",
    "Dropout1d",
    "Dropout2d",
    "Dropout3d",
    "Elementwise",
    "Embedding",
    "EmbeddingBag",
    "Exp",
    "FeatureAlphaDropout",
    "Flatten",
    "Fold",
    "Gate",
    "GaussianNoise",
    "Hardshrink",
    "Hardsigmoid",
    "Hardswish",
    "Hardtanh",
    "Identity",
    "Layer",
    "LeCunTanh",
    "LeakyReLU",
    "Linear",
    "LinearMap",
    "LocalResponseNorm",
    "Log",
    "LogSigmoid",
    "LogSoftmax",
    "MatMul",
    "MaxPool2d",
    "Maximum",
    "Maxout",
    "Mish",
    "Multiply",
    "PReLU",
    "Parameter",
    "PixelShuffle",
    "PixelUnshuffle",
    "Power",
    "RReLU",
    "ReLU",
    "ReLU6",
    "ReflectionPad1d",
    "ReflectionPad2d",
    "ReflectionPad3d",
    "ReplicationPad1d",
    "ReplicationPad2d",
    "ReplicationPad3d",
    "Reshape",
    "Select",
    "SiLU",
    "Sigmoid",
    "Sin",
    "Softmax",
    "Softmax2d",
    "Softmin",
    "Softplus",
    "Softshrink",
    "Softsign",
    "SpectralNorm",
    "Subtract",
    "Tanh",
    "Tanhshrink",
    "Threshold",
    "TiedLinear",
    "Transpose",
    "Unflatten",
    "Unfold",
    "Upsample",
    "UpsamplingBilinear2d",
    "UpsamplingNearest2d",
    "WeightNorm",
    "ZeroPad1d",
    "ZeroPad2d",
    "ZeroPad3d",
    "init",
    "spectral_norm",
    "weight_norm",
]
