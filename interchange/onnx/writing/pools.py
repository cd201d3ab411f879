"""Pools: windows, shares, channels, everything."""

from math import isinf, prod
from typing import Any

import numpy as np

from .... import layers
from ....layers.core import Layer
from ....layers.pooling import adaptive
from ....layers.pooling.avg_pool import AvgPoolNd
from ....layers.pooling.lp_pool import LPPoolNd
from ....layers.pooling.max_pool import MaxPoolNd
from .windows import pads
from .writer import Exporter, Value, Writer

__all__ = ["POOLS"]


def _attributes(layer: Any) -> dict[str, Any]:
    return {"kernel_shape": layer.geometry.kernel, "strides": layer.geometry.stride, "pads": pads(layer),
            "ceil_mode": int(layer.ceil_mode)}


def _without_indices(w: Writer, layer: Any) -> None:
    if layer.return_indices:
        raise w.refuse(layer, "ONNX counts the places of the largest over the whole batch, we over each plane")


def _max(w: Writer, layer: Any, x: Value) -> str:
    _without_indices(w, layer)
    return w.batched(x, layer.axes + 1, lambda x: w.main("MaxPool", x, dilations=layer.geometry.dilation,
                                                         **_attributes(layer)))


def _avg(w: Writer, layer: Any, x: Value) -> str:
    if layer.divisor_override is None:
        return w.batched(x, layer.axes + 1, lambda x: w.main(
            "AveragePool", x, count_include_pad=int(layer.count_include_pad), **_attributes(layer)))
    if layer.ceil_mode:
        raise w.refuse(layer, "divisor_override together with ceil_mode has no operator")
    mean = w.batched(x, layer.axes + 1, lambda x: w.main("AveragePool", x, count_include_pad=1, **_attributes(layer)))
    return w.scaled(mean, prod(layer.geometry.kernel) / layer.divisor_override)


def _lp(w: Writer, layer: Any, x: Value) -> Any:
    if isinf(layer.power):
        size, told = w.add("Abs", x), _attributes(layer)
        if layer.power > 0:
            return w.batched(x._replace(name=size), layer.axes + 1, lambda x: w.main("MaxPool", x, **told))
        least = w.batched(x._replace(name=w.add("Neg", size)), layer.axes + 1, lambda x: w.main("MaxPool", x, **told))
        return w.add("Neg", least)
    powers = x._replace(name=w.add("Pow", x, w.constant(layer.power)))
    mean = w.batched(powers, layer.axes + 1, lambda x: w.main("AveragePool", x, **_attributes(layer)))
    return w.add("Pow", w.scaled(mean, prod(layer.geometry.kernel)), w.constant(1 / layer.power))


def _feature_lp(w: Writer, layer: Any, x: Value) -> Any:
    lead, channels, rest = (x.sizes[:layer.batch_mode], x.sizes[layer.batch_mode],
                            prod(x.sizes[layer.batch_mode + 1:]))
    powers = w.add("Pow", w.reshape(x, *(lead or [1]), 1, channels, rest), w.constant(layer.power))
    mean = w.main("AveragePool", powers, kernel_shape=[layer.width, 1], strides=[layer.stride, 1])
    y = w.add("Pow", w.scaled(mean, layer.width), w.constant(1 / layer.power))
    return w.reshape(y, *lead, *layer.output_shape(x.shape)[layer.batch_mode:])


def _global(operator: str) -> Exporter:
    def write(w: Writer, layer: Any, x: Value) -> Any:
        y = w.main(operator, x)
        return y if layer.keepdims else w.add("Squeeze", y, w.whole(*range(2, len(x.shape))))
    return write


def _adaptive_avg(w: Writer, layer: Any, x: Value) -> str:
    """Write the means of shares as a product with one matrix for each axis, whose rows are the shares."""
    rank, y = len(x.shape), str(x)
    for number, (start, stop) in enumerate(layer.shares(x.shape)):
        axis = rank - layer.axes + number
        at = np.arange(x.shape[axis])[:, None]
        matrix = ((start <= at) & (at < stop)) / (stop - start)             # (size, outputs)
        perm = [each for each in range(rank) if each != axis] + [axis]
        if len(start) != x.shape[axis]:
            y = w.add("MatMul", w.transpose(y, *perm), w.constant(matrix))
            y = w.transpose(y, *np.argsort(perm).tolist())
    return y


def _adaptive_max(w: Writer, layer: Any, x: Value) -> str:
    """Write the largest of each share, axis by axis."""
    _without_indices(w, layer)
    y = str(x)
    for number, (start, stop) in enumerate(layer.shares(x.shape)):
        axis = len(x.shape) - layer.axes + number
        if len(start) != x.shape[axis]:
            shares = zip(start.tolist(), stop.tolist(), strict=True)
            cuts = [w.add("Slice", y, w.whole(first), w.whole(last), w.whole(axis)) for first, last in shares]
            parts = [w.add("ReduceMax", cut, w.whole(axis), keepdims=1) for cut in cuts]
            y = parts[0] if len(parts) == 1 else str(w.add("Concat", *parts, axis=axis))
    return y


POOLS: dict[type[Layer], Exporter] = {
    AvgPoolNd: _avg, LPPoolNd: _lp, MaxPoolNd: _max, layers.FeatureLPPooling: _feature_lp,
    layers.GlobalAvgPool: _global("GlobalAveragePool"), layers.GlobalMaxPool: _global("GlobalMaxPool"),
    adaptive._AdaptiveAvgPool: _adaptive_avg, adaptive._AdaptiveMaxPool: _adaptive_max,
}
