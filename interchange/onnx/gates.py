"""The order of the gates in recurrent weights: PyTorch's, which is ours, and ONNX's."""

import numpy as np

from ...layers.core import Array

__all__ = ["GATES", "reordered"]

GATES = {"GRU": (1, 0, 2), "LSTM": (0, 3, 1, 2), "RNN": (0,)}
"""Which of our gates is ONNX's first, second, …: r, z, n are z, r, h there, and i, f, g, o are i, o, f, c."""


def reordered(values: Array, order: tuple[int, ...], *, back: bool = False) -> Array:
    """Return blocks of rows, one for each gate, in the order of ONNX; with ``back`` those of ONNX in ours."""
    blocks = np.split(values, len(order))
    places = np.argsort(order) if back else np.asarray(order)
    return np.concatenate([blocks[place] for place in places])
