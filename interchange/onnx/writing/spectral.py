"""Symmetric matrices: roots by products alone, and channels mixed by the running matrices of their groups."""

from typing import Any

import numpy as np

from .... import layers
from ....layers.core import Layer
from ....layers.spectral.channel_mixing import ChannelMixing
from .norms import rescaled
from .writer import Exporter, Value, Writer

__all__ = ["SPECTRAL"]


def _mixing(w: Writer, layer: Any, x: Value) -> Any:
    """Write the running matrices as one convolution of width one."""
    channels = layer.num_features
    mean, matrix = (w.trained(f"{w.path}.{name}".strip("."), values.astype(w.dtype)) for name, values in (
        ("running_mean", layer.running_mean.data[:, None]),
        ("running_matrix", layer.running_matrix.data.reshape(channels, layer.width, 1))))
    centred = w.add("Sub", w.reshape(x, x.sizes[0], channels, int(np.prod(x.sizes[2:]))), mean)
    y = w.main("Conv", centred, matrix, group=layer.num_groups, kernel_shape=[1])
    return w.reshape(rescaled(w, layer, y, w.whole(1)), *x.sizes)


def _root(w: Writer, layer: Any, x: Value) -> Any:
    """Write the iterations one behind the other."""
    size, rank = x.shape[-1], len(x.shape)
    turned = w.transpose(x, *range(rank - 2), rank - 1, rank - 2)
    x_symmetric = w.scaled(w.add("Add", x, turned), 0.5)
    norm = w.add("ReduceL2", x_symmetric, w.whole(-2, -1), keepdims=1)
    root, inverse = w.add("Div", x_symmetric, norm), w.constant(np.eye(size))
    for _ in range(layer.iterations):
        step = w.add("Sub", w.constant(1.5 * np.eye(size)), w.scaled(w.add("MatMul", inverse, root), 0.5))
        root, inverse = w.add("MatMul", root, step), w.add("MatMul", step, inverse)
    return w.add("Mul", root, w.add("Sqrt", norm))


SPECTRAL: dict[type[Layer], Exporter] = {ChannelMixing: _mixing, layers.MatrixSquareRoot: _root}
