"""Matrix products: Linear where the matrix is a weight, a product of two arrays elsewhere."""

import numpy as np

from .... import layers
from ....layers.core import Parameter
from ..operators import Fixed, Product, Rearranged
from .reader import Builder, Node, Operand, Reader

__all__ = ["AFFINE"]


def _matmul(reader: Reader, node: Node) -> str:
    weight = _turned(reader, node.operand(1))
    if weight is None:
        return reader.apply(node, Product("MatMul"))
    return reader.apply(node, _linear(weight, None), 0)


def _turned(reader: Reader, operand: Operand) -> Parameter | None:
    """Return the parameter whose transposed matrix an operand is, or None."""
    producer = reader.produced.get(operand.name)
    if producer is None or producer.operator != "Transpose" or producer.attributes.get("perm", [1, 0]) != [1, 0]:
        return None
    parameter = producer.operand(0).parameter
    return parameter if parameter is not None and len(parameter.shape) == 2 else None


def _linear(weight: Parameter, bias: Parameter | None) -> layers.Linear:
    outputs, inputs = weight.shape
    layer = layers.Linear(inputs, outputs, bias is not None)
    layer.weight, layer.bias = weight, bias
    return layer


def _gemm(reader: Reader, node: Node) -> str:
    alpha, beta = (node.attributes.get(name, 1.0) for name in ("alpha", "beta"))
    turn_a, turn_b = (node.attributes.get(name, 0) for name in ("transA", "transB"))
    weight, c = node.operand(1).parameter, node.given(2)
    bias = None if c is None else c.parameter
    if (alpha == beta == 1 and turn_b and not turn_a and weight is not None
            and (c is None or (bias is not None and bias.shape == weight.shape[:1]))):
        return reader.apply(node, _linear(weight, bias), 0)
    factors = [reader.source(node.operand(place)) for place in (0, 1)]
    for place, turn in enumerate((turn_a, turn_b)):
        if turn:
            factors[place] = reader.add(f"{node.name}.turned", Rearranged("Transpose"), factors[place])
    y = _scaled(reader, node, reader.add(node.name, Product("MatMul"), *factors), alpha)
    if c is None:
        return y
    return reader.add(f"{node.name}.sum", layers.Add(), y, _scaled(reader, node, reader.source(c), beta))


def _scaled(reader: Reader, node: Node, x: str, factor: float) -> str:
    if factor == 1:
        return x
    scale = reader.add(f"{node.name}.factor", Fixed(np.asarray(factor, np.float32)))
    return reader.add(f"{node.name}.scaled", layers.Multiply(), x, scale)


AFFINE: dict[str, Builder] = {"Gemm": _gemm, "MatMul": _matmul}
