"""Chainrule: a deep-learning toolkit on NumPy and SciPy in which every layer writes down its own chain rule."""

from . import backprop, data, layers, losses, models, optim, testing, training
from .layers.core import manual_seed
from .layers.kernels import get_num_threads, set_num_threads

__all__ = ["backprop", "data", "get_num_threads", "layers", "losses", "manual_seed", "models", "optim",
           "set_num_threads", "testing", "training"]
