"""Chainrule: a deep-learning toolkit on NumPy and SciPy in which every layer writes down its own chain rule."""

from . import data, layers, losses, models, optim, testing, training
from .layers.core import manual_seed

__all__ = ["data", "layers", "losses", "manual_seed", "models", "optim", "testing", "training"]
