"""Norms: of batches by the running statistics, of groups, instances, rows, and of neighbouring channels."""

from typing import Any

import numpy as np

from .... import layers
from ....layers.batch_norm import BatchNorm
from ....layers.core import Layer
from ....layers.norms.instance_norm import InstanceNorm
from .writer import Exporter, Value, Writer

__all__ = ["NORMS", "rescaled"]


def _affine(w: Writer, layer: Any, size: int | tuple[int, ...]) -> tuple[str, str]:
    """Return the names of weight and bias, constants where the layer has none."""
    return (w.constant(np.ones(size)) if layer.weight is None else w.weight(layer.weight),
            w.constant(np.zeros(size)) if layer.bias is None else w.weight(layer.bias))


def _running(w: Writer, layer: Any, x: Value, axes: int) -> str:
    mean, var = (w.trained(f"{w.path}.{name}".strip("."), getattr(layer, name).data.astype(w.dtype))
                 for name in ("running_mean", "running_var"))
    return w.batched(x, axes, lambda x: w.main(
        "BatchNormalization", x, *_affine(w, layer, layer.num_features), mean, var, epsilon=layer.eps,
        momentum=1 - (0.1 if layer.momentum is None else layer.momentum)))


def _batch(w: Writer, layer: Any, x: Value) -> Any:
    if layer.track_running_stats:
        return _running(w, layer, x, len(x.shape) - 1)
    over = w.whole(0, *range(2, len(x.shape)))
    apart = w.add("Sub", x, w.add("ReduceMean", x, over))
    var = w.add("ReduceMean", w.add("Mul", apart, apart), over)
    y = w.add("Div", apart, w.add("Sqrt", w.add("Add", var, w.constant(layer.eps))))
    return rescaled(w, layer, y, w.whole(*range(1, len(x.shape) - 1)))


def rescaled(w: Writer, layer: Any, y: Any, behind: str) -> Any:
    """Write what a norm multiplies and adds, with axes put behind those of the parameters."""
    for operator, parameter in (("Mul", layer.weight), ("Add", layer.bias)):
        if parameter is not None:
            y = w.add(operator, y, w.add("Unsqueeze", w.weight(parameter), behind))
    return y


def _instance(w: Writer, layer: Any, x: Value) -> str:
    if layer.track_running_stats:
        return _running(w, layer, x, layer.axes + 1)
    return w.batched(x, layer.axes + 1, lambda x: w.main(
        "InstanceNormalization", x, *_affine(w, layer, layer.num_features), epsilon=layer.eps))


def _group(w: Writer, layer: Any, x: Value) -> Any:
    return w.main("GroupNormalization", x, *_affine(w, layer, layer.num_channels), num_groups=layer.num_groups,
                  epsilon=layer.eps)


def _layer(w: Writer, layer: Any, x: Value) -> Any:
    scale, bias = _affine(w, layer, layer.normalized_shape)
    return w.main("LayerNormalization", x, scale, *([] if layer.bias is None else [bias]),
                  axis=-len(layer.normalized_shape), epsilon=layer.eps)


def _rms(w: Writer, layer: Any, x: Value) -> Any:
    """Write the norm in parts: its own operator is younger than opset 21."""
    eps = float(np.finfo(w.dtype).eps) if layer.eps is None else layer.eps
    over = w.whole(*range(-len(layer.normalized_shape), 0))
    square = w.add("ReduceMean", w.add("Mul", x, x), over)
    y = w.add("Div", x, w.add("Sqrt", w.add("Add", square, w.constant(eps))))
    return y if layer.weight is None else w.add("Mul", y, w.weight(layer.weight))


def _local(w: Writer, layer: Any, x: Value) -> Any:
    before, behind = layer.reach
    if before == behind:
        taps = before + behind + 1
        return w.main("LRN", x, size=taps, alpha=layer.alpha * taps / layer.size, beta=layer.beta, bias=float(layer.k))
    batch, channels = x.sizes[:2]
    square = w.reshape(w.add("Mul", x, x), batch, 1, channels, int(np.prod(x.sizes[2:])))
    framed = w.add("Pad", square, w.whole(0, 0, before, 0, 0, 0, behind, 0), w.constant(0.0))
    mean = w.add("AveragePool", framed, kernel_shape=[layer.size, 1])
    d = w.add("Add", w.scaled(w.reshape(mean, *x.sizes), layer.alpha), w.constant(layer.k))
    return w.add("Mul", x, w.add("Pow", d, w.constant(-layer.beta)))


NORMS: dict[type[Layer], Exporter] = {
    BatchNorm: _batch, InstanceNorm: _instance, layers.GroupNorm: _group, layers.LayerNorm: _layer,
    layers.LocalResponseNorm: _local, layers.RMSNorm: _rms,
}
