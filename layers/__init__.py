"""Differentiable steps: every layer's forward pass beside its backward pass."""

from .activations import ELU, LeakyReLU, ReLU, Sigmoid, Softplus, Tanh
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
from .softmax import LogSoftmax, Softmax

__all__ = [
    "ELU",
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
    "Identity",
    "Layer",
    "LeakyReLU",
    "Linear",
    "LinearMap",
    "Log",
    "LogSoftmax",
    "MatMul",
    "Maximum",
    "Maxout",
    "Multiply",
    "Parameter",
    "Power",
    "ReLU",
    "Select",
    "Sigmoid",
    "Sin",
    "Softmax",
    "Softplus",
    "Subtract",
    "Tanh",
    "Unflatten",
]
