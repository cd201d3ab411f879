"""Operators of single elements: functions of one variable, gates of several, and arithmetic of whole numbers."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from .... import layers
from ....layers.core import Layer
from ..operators import CURVES, Curve, Exact, Extreme, Fixed, Raise, Where
from .reader import Builder, Node, Reader

__all__ = ["ELEMENTS"]

_FUNCTIONS: dict[str, Callable[[dict[str, Any]], Layer]] = {
    "Celu": lambda a: layers.CELU(a.get("alpha", 1.0)),
    "Cos": lambda a: layers.Cos(),
    "Elu": lambda a: layers.ELU(a.get("alpha", 1.0)),
    "Exp": lambda a: layers.Exp(),
    "Gelu": lambda a: layers.GELU(a.get("approximate", "none")),
    "HardSwish": lambda a: layers.Hardswish(),
    "Identity": lambda a: layers.Identity(),
    "LeakyRelu": lambda a: layers.LeakyReLU(a.get("alpha", 0.01)),
    "Log": lambda a: layers.Log(),
    "LogSoftmax": lambda a: layers.LogSoftmax(a.get("axis", -1)),
    "Mish": lambda a: layers.Mish(),
    "Relu": lambda a: layers.ReLU(),
    "Sigmoid": lambda a: layers.Sigmoid(),
    "Sin": lambda a: layers.Sin(),
    "Softmax": lambda a: layers.Softmax(a.get("axis", -1)),
    "Softplus": lambda a: layers.Softplus(threshold=math.inf),
    "Softsign": lambda a: layers.Softsign(),
    "Tanh": lambda a: layers.Tanh(),
    "ThresholdedRelu": lambda a: layers.Threshold(a.get("alpha", 1.0), 0.0),
} | {name: lambda a, name=name: Curve(name) for name in CURVES}

_GATES: dict[str, Callable[[], Layer]] = {
    "Add": layers.Add, "Div": layers.Divide, "Max": lambda: Extreme(1), "Min": lambda: Extreme(-1),
    "Mul": layers.Multiply, "Pow": Raise, "Sub": layers.Subtract, "Sum": layers.Add,
}


def _truncated(a: Any, b: Any) -> Any:
    """Divide whole numbers as C does, towards zero."""
    quotient = np.floor_divide(a, b)
    return quotient + ((a % b != 0) & ((a < 0) != (b < 0))).astype(quotient.dtype)


_EXACT: dict[str, Callable[..., Any]] = {
    "Abs": np.abs, "Add": np.add, "And": np.logical_and, "Div": _truncated, "Equal": np.equal,
    "Greater": np.greater, "GreaterOrEqual": np.greater_equal, "Identity": np.array, "Less": np.less,
    "LessOrEqual": np.less_equal, "Max": lambda *x: np.asarray(np.maximum.reduce(np.broadcast_arrays(*x))),
    "Min": lambda *x: np.asarray(np.minimum.reduce(np.broadcast_arrays(*x))), "Mul": np.multiply, "Neg": np.negative,
    "Not": np.logical_not, "Or": np.logical_or, "Pow": lambda a, b: np.power(a, b).astype(a.dtype),
    "Relu": lambda x: np.maximum(x, 0), "Sign": np.sign, "Sub": np.subtract, "Xor": np.logical_xor,
}


def _function(reader: Reader, node: Node) -> str:
    if node.operand(0).exact:
        return _exact(reader, node)
    node.only(1)
    return reader.apply(node, _FUNCTIONS[node.operator](node.attributes), 0)


def _dropout(reader: Reader, node: Node) -> str:
    ratio, training = node.constant(1, "ratio"), node.constant(2)
    if training is not None and bool(training):
        raise node.refuse("expected training_mode=0; the layer is switched with train() and eval()")
    node.only(1)
    return reader.apply(node, layers.Dropout(0.5 if ratio is None else float(ratio)), 0)


def _softmax(reader: Reader, node: Node) -> str:
    if node.opset < 13:
        raise node.refuse("expected opset 13 or newer, before which it joined all axes from axis on")
    return _function(reader, node)


def _gate(reader: Reader, node: Node) -> str:
    if (any(operand.exact for operand in node.inputs if operand is not None) and node.operator != "Pow") or \
            node.operand(0).exact:
        return _exact(reader, node)
    exponent = node.given(1)
    if node.operator == "Pow" and exponent is not None and exponent.value is not None and exponent.value.size == 1:
        return reader.apply(node, layers.Power(float(exponent.value.reshape(()))), 0)
    if node.operator == "Pow" and exponent is not None and exponent.exact:
        if exponent.value is None:
            raise node.refuse("expected the exponent as a constant or as floating-point numbers")
        power = reader.add(f"{node.name}.exponent", Fixed(exponent.value.astype(np.float32)))
        return reader.add(node.name, Raise(), reader.source(node.operand(0)), power)
    return _with_bias(reader, node) or reader.apply(node, _GATES[node.operator]())


def _with_bias(reader: Reader, node: Node) -> str:
    """Return the Linear whose missing bias this sum adds; the empty string if it is not that."""
    if node.operator != "Add" or len(node.inputs) != 2:
        return ""
    for product, bias in (node.inputs, node.inputs[::-1]):
        if product is None or bias is None or bias.parameter is None or reader.uses[product.name] != 1:
            continue
        linear, *_ = reader.nodes.get(reader.values.get(product.name, ""), (None,))
        if isinstance(linear, layers.Linear) and linear.bias is None and bias.parameter.shape == (linear.out_features,):
            linear.bias = bias.parameter
            return reader.values[product.name]
    return ""


def _exact(reader: Reader, node: Node) -> str:
    if node.operator not in _EXACT:
        raise node.refuse("expected floating-point numbers, got whole ones")
    return reader.operate(node, lambda bound: Exact(node.operator, _EXACT[node.operator], bound))


def _mean(reader: Reader, node: Node) -> str:
    total = reader.apply(node, layers.Add())
    count = reader.add(f"{node.name}.count", Fixed(np.asarray(len(node.inputs), np.float32)))
    return reader.add(node.name, layers.Divide(), total, count)


def _clip(reader: Reader, node: Node) -> str:
    low, high = (node.constant(place, name) for place, name in ((1, "min"), (2, "max")))
    if node.operand(0).exact:
        return reader.add(node.name, Exact("Clip", np.clip, {1: low, 2: high}), reader.source(node.operand(0)))
    least, most = (-math.inf if low is None else float(low), math.inf if high is None else float(high))
    if least >= most:
        raise node.refuse(f"expected min below max, got {least} and {most}")
    return reader.apply(node, layers.Hardtanh(least, most), 0)


def _where(reader: Reader, node: Node) -> str:
    return reader.add(node.name, Where("Where"), *(reader.source(node.operand(place)) for place in range(3)))


def _prelu(reader: Reader, node: Node) -> str:
    slope, shape = node.operand(1).parameter, node.operand(0).shape
    channels = slope is not None and shape is not None and len(slope.shape) == len(shape) - 1 and \
        slope.size == slope.shape[0] == shape[1]
    if slope is not None and (slope.size == 1 or channels):
        layer = layers.PReLU(slope.size)
        layer.weight = slope if slope.shape == (slope.size,) else type(slope)(
            slope.data.reshape(-1), slope.requires_grad, dtype=slope.dtype)
        return reader.apply(node, layer, 0)
    x, leak = reader.source(node.operand(0)), reader.source(node.operand(1))      # max(x, 0) - leak * max(-x, 0)
    below = reader.add(f"{node.name}.below", layers.ReLU(), reader.add(f"{node.name}.minus", Curve("Neg"), x))
    leaked = reader.add(f"{node.name}.leaked", layers.Multiply(), leak, below)
    return reader.add(node.name, layers.Subtract(), reader.add(f"{node.name}.above", layers.ReLU(), x), leaked)


def _hard_sigmoid(reader: Reader, node: Node) -> str:
    alpha, beta = node.attributes.get("alpha", 0.2), node.attributes.get("beta", 0.5)
    x = reader.source(node.operand(0))
    if math.isclose(alpha, 1 / 6, rel_tol=1e-6) and beta == 0.5:
        return reader.add(node.name, layers.Hardsigmoid(), x)
    for name, gate, number in (("alpha", layers.Multiply(), alpha), ("beta", layers.Add(), beta)):
        constant = reader.add(f"{node.name}.{name}", Fixed(np.asarray(number, np.float32)))
        x = reader.add(f"{node.name}.{gate.title}", gate, x, constant)
    return reader.add(node.name, layers.Hardtanh(0.0, 1.0), x)


def _selu(reader: Reader, node: Node) -> str:
    alpha, gamma = node.attributes.get("alpha", layers.SELU.alpha), node.attributes.get("gamma", layers.SELU.scale)
    if math.isclose(alpha, layers.SELU.alpha, rel_tol=1e-6) and math.isclose(gamma, layers.SELU.scale, rel_tol=1e-6):
        return reader.apply(node, layers.SELU(), 0)
    factor = reader.add(f"{node.name}.gamma", Fixed(np.asarray(gamma, np.float32)))
    return reader.add(node.name, layers.Multiply(), reader.apply(node, layers.ELU(alpha), 0), factor)


def _shrink(reader: Reader, node: Node) -> str:
    bias, lambd = node.attributes.get("bias", 0.0), node.attributes.get("lambd", 0.5)
    if bias not in (0.0, lambd):
        raise node.refuse(f"expected bias 0 or lambd, {lambd}, got {bias}")
    return reader.apply(node, layers.Softshrink(lambd) if bias else layers.Hardshrink(lambd), 0)


ELEMENTS: dict[str, Builder] = {
    **dict.fromkeys(_FUNCTIONS, _function), **dict.fromkeys(_GATES, _gate),
    **dict.fromkeys(("And", "Equal", "Greater", "GreaterOrEqual", "Less", "LessOrEqual", "Not", "Or", "Xor"), _exact),
    "Clip": _clip, "Dropout": _dropout, "HardSigmoid": _hard_sigmoid, "LogSoftmax": _softmax, "Mean": _mean,
    "PRelu": _prelu, "Selu": _selu, "Shrink": _shrink, "Softmax": _softmax, "Where": _where,
}
