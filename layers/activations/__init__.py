"""Activation functions, each with its first and second derivative."""

from .exponential import CELU, ELU, SELU, Softplus
from .gated import GELU, Hardswish, Mish, SiLU
from .glu import GLU
from .prelu import PReLU
from .rectifiers import Hardshrink, Hardsigmoid, Hardtanh, LeakyReLU, ReLU, ReLU6, Softshrink, Threshold
from .rrelu import RReLU
from .sigmoidal import LeCunTanh, LogSigmoid, Sigmoid, Softsign, Tanh, Tanhshrink

__all__ = [
    "CELU",
    "ELU",
    "GELU",
    "GLU",
    "SELU",
    "Hardshrink",
    "Hardsigmoid",
    "Hardswish",
    "Hardtanh",
    "LeCunTanh",
    "LeakyReLU",
    "LogSigmoid",
    "Mish",
    "PReLU",
    "RReLU",
    "ReLU",
    "ReLU6",
    "SiLU",
    "Sigmoid",
    "Softplus",
    "Softshrink",
    "Softsign",
    "Tanh",
    "Tanhshrink",
    "Threshold",
]
