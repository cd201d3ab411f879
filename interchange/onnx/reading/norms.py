"""Norms of batches, groups, instances and rows."""

from typing import Any

import numpy as np

from .... import layers
from ....layers.batch_norm import BatchNorm
from ....layers.core import Buffer, Parameter
from ..operators import Fixed, Reduction
from .reader import Builder, Node, Reader

__all__ = ["NORMS"]


class BatchNormNd(BatchNorm):
    """Batch normalisation for any number of spatial axes, which a file does not always tell."""

    spatial = (0, 1, 2, 3)


def _batch(reader: Reader, node: Node) -> str:
    if node.attributes.get("training_mode", 0):
        raise node.refuse("expected training_mode=0; the layer is switched with train() and eval()")
    node.only(1)
    weight, bias, mean, var = (node.weight(place) for place in range(1, 5))
    layer = BatchNormNd(weight.size, node.attributes.get("epsilon", 1e-5), 1 - node.attributes.get("momentum", 0.9))
    layer.weight, layer.bias = weight, bias
    layer.running_mean, layer.running_var = (Buffer(each.data, dtype=each.dtype) for each in (mean, var))
    return reader.apply(node, layer, 0)


def _instance(reader: Reader, node: Node) -> str:
    weight, bias = node.weight(1), node.weight(2)
    layer = layers.GroupNorm(weight.size, weight.size, node.attributes.get("epsilon", 1e-5))
    layer.weight, layer.bias = weight, bias
    return reader.apply(node, layer, 0)


def _group(reader: Reader, node: Node) -> str:
    weight, bias = node.weight(1), node.weight(2)
    if node.opset < 21:
        raise node.refuse(f"expected opset 21 or newer, before which weights are those of groups, got {node.opset}")
    layer = layers.GroupNorm(node.attributes["num_groups"], weight.size, node.attributes.get("epsilon", 1e-5))
    layer.weight, layer.bias = weight, bias
    return reader.apply(node, layer, 0)


def _rows(reader: Reader, node: Node) -> Any:
    weight, shape = node.weight(1), _trailing(node)
    if weight.shape != shape:
        raise node.refuse(f"expected a scale of shape {shape}, got {weight.shape}")
    epsilon = node.attributes.get("epsilon", 1e-5)
    if node.operator == "RMSNormalization":
        layer: Any = layers.RMSNorm(shape, epsilon)
    else:
        bias = None if node.given(2) is None else _as(node.weight(2), shape)
        layer = layers.LayerNorm(shape, epsilon, bias=bias is not None)
        layer.bias = bias
    layer.weight = weight
    y = reader.apply(node, layer, 0)
    return (y, *_statistics(reader, node, epsilon, len(shape))) if any(node.outputs[1:]) else y


def _statistics(reader: Reader, node: Node, epsilon: float, axes: int) -> tuple[str, str]:
    """Return mean and inverse deviation of the rows, which a file may ask for besides."""
    over, x = {1: np.arange(-axes, 0)}, reader.source(node.operand(0))
    mean = reader.add(f"{node.name}.mean", Reduction("ReduceMean", over), x)
    apart = reader.add(f"{node.name}.apart", layers.Subtract(), x, mean)
    square = reader.add(f"{node.name}.square", layers.Power(2), apart)
    var = reader.add(f"{node.name}.var", Reduction("ReduceMean", over), square)
    small = reader.add(f"{node.name}.epsilon", Fixed(np.asarray(epsilon, np.float32)))
    raised = reader.add(f"{node.name}.raised", layers.Add(), var, small)
    return mean, reader.add(f"{node.name}.inv_std", layers.Power(-0.5), raised)


def _trailing(node: Node) -> tuple[int, ...]:
    """Return the sizes of the axes that are normalised together."""
    axis, known = node.attributes.get("axis", -1), node.operand(0).shape
    if axis < 0:
        return node.weight(1).shape if len(node.weight(1).shape) == -axis else ()
    sizes = () if known is None else known[axis:]
    if not sizes or None in sizes:
        raise node.refuse(f"expected axis counted from the end, or an input whose shape is known, got {axis}")
    return tuple(int(size) for size in sizes if size is not None)


def _as(parameter: Parameter, shape: tuple[int, ...]) -> Parameter:
    if parameter.shape == shape:
        return parameter
    return Parameter(np.broadcast_to(parameter.data, shape), parameter.requires_grad, dtype=parameter.dtype)


NORMS: dict[str, Builder] = {"BatchNormalization": _batch, "GroupNormalization": _group,
                             "InstanceNormalization": _instance, "LayerNormalization": _rows,
                             "RMSNormalization": _rows}
