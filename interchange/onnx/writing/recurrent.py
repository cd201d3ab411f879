"""Recurrent networks and cells: one operator for each layer, with the gates in the order of ONNX."""

from typing import Any

import numpy as np

from ....layers.core import Array, Layer
from ....layers.recurrent.cell import RNNCellBase
from ....layers.recurrent.sequence import RNNBase
from ..gates import GATES, reordered
from .writer import Exporter, Value, Writer

__all__ = ["RECURRENT"]


def _operator(layer: Any) -> str:
    return type(layer).__name__.removesuffix("Cell")


def _weights(w: Writer, layer: Any, suffixes: list[str]) -> list[str]:
    """Write the arrays W, R and B of some directions: a direction behind the other, gates in ONNX's order."""
    order, stem = GATES[_operator(layer)], f"{w.path}.".lstrip(".")

    def stacked(name: str) -> Array:
        return np.stack([reordered(getattr(layer, f"{name}{suffix}").data, order) for suffix in suffixes])

    arrays = {"W": stacked("weight_ih"), "R": stacked("weight_hh")}
    if layer.bias:
        arrays["B"] = np.concatenate([stacked("bias_ih"), stacked("bias_hh")], axis=1)
    return [w.trained(f"{stem}{name}{suffixes[0]}", values) for name, values in arrays.items()]


def _attributes(layer: Any, directions: int) -> dict[str, Any]:
    told: dict[str, Any] = {"hidden_size": layer.hidden_size,
                            "direction": "bidirectional" if directions == 2 else "forward"}
    if _operator(layer) == "GRU":
        told["linear_before_reset"] = 1
    if getattr(layer, "nonlinearity", "tanh") == "relu":
        told["activations"] = ["Relu"] * directions
    return told


def _walk(w: Writer, layer: Any, suffixes: list[str], x: Any, states: list[Any], lengths: str) -> list[str]:
    """Write one operator; return Y (L, dirs, N, H) and the last states (dirs, N, H)."""
    weights = _weights(w, layer, suffixes)
    inputs = [x, *weights, *[""] * (3 - len(weights)), lengths, *states]
    while inputs and inputs[-1] == "":
        inputs.pop()
    outputs: list[str] = w.main(_operator(layer), *inputs, outputs=1 + len(layer.kind.state_names),
                                **_attributes(layer, len(suffixes)))
    return outputs


def _sequence(w: Writer, layer: Any, x: Value, *given: Value | None) -> list[str]:
    """Write the layers one on top of the other, each with its part of the states."""
    if layer.proj_size:
        raise w.refuse(layer, "ONNX's LSTM has no projection (proj_size)")
    count, directions = len(layer.kind.state_names), len(layer.directions)
    alone, one = len(x.shape) == 2, w.whole(1)
    states: list[Any] = [each for each in given[:count] if each is not None]
    lengths = next((w.add("Cast", each, to=6) for each in given if each is not None and len(each.shape) == 1), "")
    y = w.add("Unsqueeze", x, one) if alone else w.transpose(x, 1, 0, 2) if layer.batch_first else str(x)
    if lengths and states and len(states[0].shape) == 1:
        states = []
    rows = [w.add("Unsqueeze", state, one) if alone else str(state) for state in states]
    last: list[list[str]] = [[] for _ in range(count)]
    for number in range(layer.num_layers):
        first, behind = w.whole(number * directions), w.whole((number + 1) * directions)
        here = [row if layer.num_layers == 1 else w.add("Slice", row, first, behind, w.whole(0)) for row in rows]
        outer = w.path
        w.path = f"{outer}.l{number}".strip(".") if layer.num_layers > 1 else outer
        y, *ends = _walk(w, layer, [f"_l{number}{direction}" for direction in layer.directions], y, here, lengths)
        w.path = outer
        y = w.add("Squeeze", y, one) if directions == 1 else w.add(     # (L, dirs, N, H) -> (L, N, dirs·H)
            "Reshape", w.transpose(y, 0, 2, 1, 3), w.whole(0, 0, directions * layer.hidden_size))
        for states_of, end in zip(last, ends, strict=True):
            states_of.append(end)
    ends = [parts[0] if len(parts) == 1 else w.add("Concat", *parts, axis=0) for parts in last]
    if alone:
        y, *ends = (w.add("Squeeze", each, one) for each in (y, *ends))
    elif layer.batch_first:
        y = w.transpose(y, 1, 0, 2)
    return [y, *ends]


def _cell(w: Writer, layer: Any, x: Value, *given: Value | None) -> list[str]:
    """Write a step as a sequence of length one."""
    lead = w.whole(0) if len(x.shape) == 2 else w.whole(0, 1)
    states = [w.add("Unsqueeze", each, lead) for each in given if each is not None]
    _, *ends = _walk(w, layer, [""], w.add("Unsqueeze", x, lead), states, "")
    return [w.add("Squeeze", end, lead) for end in ends]


RECURRENT: dict[type[Layer], Exporter] = {RNNBase: _sequence, RNNCellBase: _cell}
