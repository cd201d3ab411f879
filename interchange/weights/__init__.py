"""Weights from other tools, without those tools: PyTorch's, Keras's and NumPy's files, matched by name and shape."""

from .importing import import_weights, read_arrays
from .match import Match
from .torch_reading import read_torch
from .torch_writing import export_weights

__all__ = ["Match", "export_weights", "import_weights", "read_arrays", "read_torch"]
