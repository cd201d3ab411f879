"""Layers of weights: affine maps, distances from centres, tables of vectors, and layers whose weight is computed."""

from copy import deepcopy
from typing import Any

from .... import layers
from ....layers.core import Layer, Parameter
from ....layers.norms.reparametrized import Reparametrized
from .writer import Exporter, Value, Writer

__all__ = ["AFFINE", "project"]


def project(w: Writer, x: Any, weight: str, bias: str = "", *, matrix: bool = False) -> Any:
    """Write ``x @ weight.T + bias``; the weight keeps its name and shape, so that ties between layers last.

    A matrix takes one node; else runtimes transpose the weight when they load the file, not at each call.
    """
    if matrix:
        return w.main("Gemm", x, weight, *([bias] if bias else []), transB=1)
    y = w.main("MatMul", x, w.transpose(weight, 1, 0))
    return w.add("Add", y, bias) if bias else y


def _bias(w: Writer, layer: Any) -> str:
    return "" if layer.bias is None else w.weight(layer.bias)


def _linear(w: Writer, layer: Any, x: Value) -> Any:
    return project(w, x, w.weight(layer.weight), _bias(w, layer), matrix=len(x.shape) == 2)


def _tied(w: Writer, layer: Any, x: Value) -> Any:
    y = w.main("MatMul", x, w.weight(layer.weight))
    return y if layer.bias is None else w.add("Add", y, _bias(w, layer))


def _maxout(w: Writer, layer: Any, x: Value) -> Any:
    z, = w.layer("linear", layer.linear, x)
    split = w.reshape(z, *x.sizes[:-1], layer.out_features, layer.k)
    return w.add("ReduceMax", split, w.whole(-1), keepdims=0)


def _bilinear(w: Writer, layer: Any, x1: Value, x2: Value) -> Any:
    out, first, second = layer.weight.shape
    table = w.reshape(w.transpose(w.weight(layer.weight), 1, 0, 2), first, out * second)
    half = w.reshape(w.add("MatMul", x1, table), *x1.sizes[:-1], out, second)        # x1 @ weight[o], for every o
    y = w.add("ReduceSum", w.add("Mul", half, w.add("Unsqueeze", x2, w.whole(-2))), w.whole(-1), keepdims=0)
    return y if layer.bias is None else w.add("Add", y, _bias(w, layer))


def _embedding(w: Writer, layer: Any, indices: Value) -> Any:
    if layer.max_norm is not None:
        raise w.refuse(layer, "max_norm changes the table at every call")
    return w.main("Gather", w.weight(layer.weight), indices)


def _bag(w: Writer, layer: Any, indices: Value, offsets: Value | None = None, shares: Value | None = None) -> Any:
    if offsets is not None or layer.padding_idx is not None or layer.max_norm is not None:
        raise w.refuse(layer, "only bags of one size, without offsets, padding_idx and max_norm, have operators")
    rows = w.main("Gather", w.weight(layer.weight), indices)
    if shares is not None:
        rows = w.add("Mul", rows, w.add("Unsqueeze", shares, w.whole(-1)))
    return w.add(f"Reduce{layer.mode.capitalize()}", rows, w.whole(1), keepdims=0)


def _radial(w: Writer, layer: Any, x: Value) -> Any:
    apart = w.add("Sub", w.add("Unsqueeze", x, w.whole(-2)), w.weight(layer.centre))        # (..., out, in)
    sharp = w.add("Mul", apart, w.add("Unsqueeze", w.weight(layer.sharpness), w.whole(-1)))
    return w.main("Exp", w.scaled(w.add("ReduceSumSquare", sharp, w.whole(-1), keepdims=0), -0.5))


def _reparametrized(w: Writer, layer: Any, *x: Value) -> Any:
    """Write the layer with the weight as it is now: at inference it is a constant."""
    values, _ = layer.compute()
    inner = deepcopy(layer._layer)
    setattr(inner, layer.name, Parameter(values, dtype=values.dtype))
    for name, parameter in vars(inner).items():
        if isinstance(parameter, Parameter):
            w.name(parameter, f"{w.path}.{name}".strip("."))
    return w.inside(inner, *x)


AFFINE: dict[type[Layer], Exporter] = {
    layers.Bilinear: _bilinear, layers.Embedding: _embedding, layers.EmbeddingBag: _bag, layers.Linear: _linear,
    layers.Maxout: _maxout, layers.RadialBasis: _radial, Reparametrized: _reparametrized, layers.TiedLinear: _tied,
}
