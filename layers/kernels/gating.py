"""The rectifier and its gate, the two most frequent functions of networks."""

import numpy as np

from ..core import Array
from .memory import empty_like
from .twin import compiled

__all__ = ["gate", "rectify"]


@compiled
def rectify(x: Array) -> Array:
    """Return ``max(x, 0)``."""
    return np.maximum(x, 0, out=empty_like(x))


@compiled
def gate(v: Array, is_open: Array) -> Array:
    """Return ``v`` where the truth value ``is_open`` says so, else 0."""
    return np.asarray(np.where(is_open, v, v.dtype.type(0)))
