"""Chainrule: a deep-learning toolkit on NumPy and SciPy in which every layer writes down its own chain rule."""

from . import layers, models
from .layers.core import manual_seed

__all__ = ["layers", "manual_seed", "models"]
