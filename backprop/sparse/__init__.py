"""Sparse backward passes: the largest entries of a gradient alone, the others remembered."""

from .cell import MePropCell
from .linear import MePropLinear
from .selection import Selection, select

__all__ = [
    "MePropCell",
    "MePropLinear",
    "Selection",
    "select",
]
