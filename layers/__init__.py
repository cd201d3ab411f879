"""Differentiable steps: every layer's forward pass beside its backward pass."""

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
from .branching import Concat, Copy, Select
from .core import Buffer, Layer, Parameter
from .dropout import Dropout
from .elementwise import Elementwise
from .functions import Cos, Exp, Log, Power, Sin
from .gates import Add, Divide, Gate, Maximum, Multiply, Subtract
from .linear import Linear
from .linear_map import LinearMap
from .matmul import MatMul
from .maxout import Maxout
from .reshape import Flatten, Identity, Unflatten
from .softmax import LogSoftmax, Softmax, Softmax2d, Softmin

__all__ = [
    "CELU",
    "ELU",
    "GELU",
    "GLU",
    "SELU",
    "Add",
    "Buffer",
    "Concat",
    "Copy",
    "Cos",
    "Divide",
    "Dropout",
    "Elementwise",
    "Exp",
    "Flatten",
    "Gate",
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
    "Log",
    "LogSigmoid",
    "LogSoftmax",
    "MatMul",
    "Maximum",
    "Maxout",
    "Mish",
    "Multiply",
    "PReLU",
    "Parameter",
    "Power",
    "RReLU",
    "ReLU",
    "ReLU6",
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
    "Subtract",
    "Tanh",
    "Tanhshrink",
    "Threshold",
    "Unflatten",
]
