"""Activations, elementary functions, gates, and what does nothing at inference."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from .... import layers
from ....layers.core import Layer
from .writer import Exporter, Value, Writer

__all__ = ["ELEMENTS"]


def _one(operator: str, attributes: Callable[[Any], dict[str, Any]] = lambda layer: {}) -> Exporter:
    """Return the exporter of a layer that is one operator with attributes."""
    return lambda w, layer, *x: w.main(operator, *x, **attributes(layer))


def _nothing(w: Writer, layer: Layer, x: Value) -> Value:
    return x


def _clip(w: Writer, layer: Any, x: Value) -> Any:
    return w.main("Clip", x, w.constant(layer.min_val), w.constant(layer.max_val))


def _lecun_tanh(w: Writer, layer: Any, x: Value) -> str:
    return w.scaled(w.add("Tanh", w.scaled(x, layer.rate)), layer.scale)


def _log_sigmoid(w: Writer, layer: Any, x: Value) -> Any:
    return w.add("Neg", w.add("Softplus", w.add("Neg", x)))


def _silu(w: Writer, layer: Any, x: Value) -> Any:
    return w.add("Mul", x, w.add("Sigmoid", x))


def _softplus(w: Writer, layer: Any, x: Value) -> Any:
    if layer.beta == 1 and layer.threshold >= 20:       # beyond 20 the two differ by less than float32 shows
        return w.main("Softplus", x)
    scaled = w.scaled(x, layer.beta)
    bent = w.scaled(w.add("Softplus", scaled), 1 / layer.beta)
    return w.add("Where", w.add("Greater", scaled, w.constant(layer.threshold)), x, bent)


def _tanhshrink(w: Writer, layer: Any, x: Value) -> Any:
    return w.add("Sub", x, w.add("Tanh", x))


def _threshold(w: Writer, layer: Any, x: Value) -> Any:
    return w.add("Where", w.add("Greater", x, w.constant(layer.threshold)), x, w.constant(layer.value_))


def _power(w: Writer, layer: Any, x: Value) -> Any:
    return w.main("Pow", x, w.constant(layer.exponent))


def _prelu(w: Writer, layer: Any, x: Value) -> Any:
    if layer.num_parameters == 1 or len(x.shape) == 2:
        return w.main("PRelu", x, w.weight(layer.weight))
    slope = layer.weight.data.reshape(-1, *[1] * (len(x.shape) - 2))
    return w.main("PRelu", x, w.trained(f"{w.path}.weight".strip("."), slope))


def _glu(w: Writer, layer: Any, x: Value) -> Any:
    a, b = w.add("Split", x, outputs=2, axis=layer.dim, num_outputs=2)
    return w.add("Mul", a, w.add("Sigmoid", b))


def _softmin(w: Writer, layer: Any, x: Value) -> Any:
    return w.add("Softmax", w.add("Neg", x), axis=layer.dim)


def _add(w: Writer, layer: Layer, *x: Value) -> Any:
    return w.main("Add" if len(x) == 2 else "Sum", *x)


def _sampling(w: Writer, layer: Any, mean: Value, log_var: Value) -> Value:
    if layer.always:
        raise w.refuse(layer, "with always=True it draws at inference, too")
    return mean


def _select(w: Writer, layer: Any, *x: Value) -> Any:
    return x[layer.index]


def _copy(w: Writer, layer: Any, x: Value) -> Any:
    return (x,) * layer.n


def _distance(w: Writer, layer: Any, x1: Value, x2: Value) -> Any:
    d = w.add("Abs", w.add("Add", w.add("Sub", x1, x2), w.constant(layer.eps)))
    over: dict[str, Any] = {"keepdims": int(layer.keepdim)}
    last = w.whole(-1)
    if math.isinf(layer.p):
        return w.add("ReduceMax" if layer.p > 0 else "ReduceMin", d, last, **over)
    if layer.p == 0:
        return w.add("ReduceSum", w.add("Cast", w.add("Greater", d, w.constant(0)), to=_type(w)), last, **over)
    total = w.add("ReduceSum", w.add("Pow", d, w.constant(layer.p)), last, **over)
    return w.add("Pow", total, w.constant(1 / layer.p))


def _type(w: Writer) -> int:
    return {np.dtype(np.float16): 10, np.dtype(np.float32): 1, np.dtype(np.float64): 11}[w.dtype]


def _cosine(w: Writer, layer: Any, x1: Value, x2: Value) -> Any:
    axis, units = w.whole(layer.dim), []
    rank = max(len(x1.shape), len(x2.shape))
    for x in (x1, x2):
        if len(x.shape) < rank:
            x = x._replace(name=w.add("Unsqueeze", x, w.whole(*range(rank - len(x.shape)))))
        length = w.add("Max", w.add("ReduceL2", x, axis, keepdims=1), w.constant(layer.eps))
        units.append(w.add("Div", x, length))
    return w.add("ReduceSum", w.add("Mul", *units), axis, keepdims=0)


ELEMENTS: dict[type[Layer], Exporter] = {
    layers.Add: _add, layers.AlphaDropout: _nothing, layers.CELU: _one("Celu", lambda layer: {"alpha": layer.alpha}),
    layers.Concat: _one("Concat", lambda layer: {"axis": layer.dim}), layers.Copy: _copy, layers.Cos: _one("Cos"),
    layers.CosineSimilarity: _cosine, layers.Divide: _one("Div"), layers.Dropout: _nothing,
    layers.ELU: _one("Elu", lambda layer: {"alpha": layer.alpha}), layers.Exp: _one("Exp"),
    layers.GELU: _one("Gelu", lambda layer: {"approximate": layer.approximate}), layers.GLU: _glu,
    layers.GaussianNoise: _nothing, layers.GaussianSampling: _sampling,
    layers.Hardshrink: _one("Shrink", lambda layer: {"lambd": layer.lambd, "bias": 0.0}),
    layers.Hardsigmoid: _one("HardSigmoid", lambda layer: {"alpha": 1 / 6, "beta": 0.5}),
    layers.Hardswish: _one("HardSwish"), layers.Hardtanh: _clip, layers.Identity: _nothing,
    layers.LeCunTanh: _lecun_tanh, layers.LeakyReLU: _one("LeakyRelu", lambda layer: {"alpha": layer.negative_slope}),
    layers.Log: _one("Log"), layers.LogSigmoid: _log_sigmoid,
    layers.LogSoftmax: _one("LogSoftmax", lambda layer: {"axis": layer.dim}), layers.MatMul: _one("MatMul"),
    layers.Maximum: _one("Max"), layers.Mish: _one("Mish"), layers.Multiply: _one("Mul"), layers.PReLU: _prelu,
    layers.PairwiseDistance: _distance, layers.Power: _power,
    layers.RReLU: _one("LeakyRelu", lambda layer: {"alpha": (layer.lower + layer.upper) / 2}),
    layers.ReLU: _one("Relu"), layers.SELU: _one("Selu", lambda layer: {"alpha": layer.alpha, "gamma": layer.scale}),
    layers.Select: _select, layers.SiLU: _silu, layers.Sigmoid: _one("Sigmoid"), layers.Sin: _one("Sin"),
    layers.Softmax: _one("Softmax", lambda layer: {"axis": layer.dim}), layers.Softmin: _softmin,
    layers.Softplus: _softplus,
    layers.Softshrink: _one("Shrink", lambda layer: {"lambd": layer.lambd, "bias": layer.lambd}),
    layers.Softsign: _one("Softsign"), layers.Subtract: _one("Sub"), layers.Tanh: _one("Tanh"),
    layers.Tanhshrink: _tanhshrink, layers.Threshold: _threshold,
}
