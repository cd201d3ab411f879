"""Chainrule: a deep-learning toolkit on NumPy and SciPy in which every layer writes down its own chain rule."""

from . import layers, models

__all__ = ["layers", "models"]
