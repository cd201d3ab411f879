"""Recurrent operators: LSTM, GRU and RNN, whose gates ONNX has in another order and in one array for all directions."""

from typing import Any

import numpy as np

from .... import layers
from ....layers.core import Parameter
from ..gates import GATES, reordered
from ..operators import Exact, Rearranged
from .reader import Builder, Node, Reader

__all__ = ["RECURRENT"]

_ACTIVATIONS = {"GRU": ["Sigmoid", "Tanh"], "LSTM": ["Sigmoid", "Tanh", "Tanh"]}


def _recurrent(reader: Reader, node: Node) -> tuple[str, ...]:
    layer, batch_first = _layer(node), bool(node.attributes.get("layout", 0))
    reverse = node.attributes.get("direction", "forward") == "reverse"
    x = _reversed(reader, node, reader.source(node.operand(0)), batch_first) if reverse else \
        reader.source(node.operand(0))
    states = [node.given(place) for place in (5, 6)[:1 + (node.operator == "LSTM")]]
    sources: tuple[Any, ...] = (x,)
    given = [operand for operand in states if operand is not None]
    if given:
        if len(given) < len(states):
            raise node.refuse("expected initial_h and initial_c together")
        turned = [reader.add(f"{node.name}.turned", Rearranged("Transpose", options={"perm": (1, 0, 2)}),
                             reader.source(each)) if batch_first else reader.source(each) for each in given]
        sources = (x, turned[0] if len(turned) == 1 else tuple(turned))
    if node.given(4) is not None:
        if reverse:
            raise node.refuse("expected sequence_lens only in direction forward or bidirectional")
        sources = (*(sources if given else (x, _zeros(reader, node, layer, x))), reader.source(node.operand(4)))
    walk = reader.add(node.name, layer, *sources)
    y = reader.add(f"{node.name}.Y", layers.Select(0), walk)
    if reverse:
        y = _reversed(reader, node, y, batch_first)
    directions = 2 if layer.bidirectional else 1
    split = np.array([0, 0, directions, layer.hidden_size])         # (L, N, dirs·H) -> (L, N, dirs, H)
    y = reader.add(f"{node.name}.directions", Rearranged("Reshape", {1: split}), y)
    if not batch_first:
        y = reader.add(f"{node.name}.time_first", Rearranged("Transpose", options={"perm": (0, 2, 1, 3)}), y)
    ends = [reader.add(f"{node.name}.end", layers.Select(1 + number), walk) for number in range(len(states))]
    if batch_first:
        ends = [reader.add(f"{node.name}.end", Rearranged("Transpose", options={"perm": (1, 0, 2)}), end)
                for end in ends]
    return (y, *ends)[:len(node.outputs)]


def _zeros(reader: Reader, node: Node, layer: Any, x: str) -> Any:
    """Return nodes of initial states that are zero, as many as the batch needs."""
    def zeros(x: Any) -> Any:
        batch = x.shape[0 if layer.batch_first else 1]
        return np.zeros((1 + layer.bidirectional, batch, layer.hidden_size), x.dtype)

    states = tuple(reader.add(f"{node.name}.zero", Exact("Zeros", zeros), x) for _ in layer.kind.state_names)
    return states[0] if len(states) == 1 else states


def _reversed(reader: Reader, node: Node, x: str, batch_first: bool) -> str:
    ends = {1: np.array([-1]), 2: np.array([np.iinfo(np.int64).min]), 3: np.array([int(batch_first)]),
            4: np.array([-1])}
    return reader.add(f"{node.name}.reversed", Rearranged("Slice", ends), x)


def _layer(node: Node) -> Any:
    told, operator = node.attributes, node.operator
    weight, recurrent = node.weight(1), node.weight(2)
    directions, _, inputs = weight.shape
    activations = told.get("activations", [])
    relu = operator == "RNN" and set(activations) == {"Relu"}
    usual = _ACTIVATIONS.get(operator, ["Relu" if relu else "Tanh"]) * directions
    if activations and [str(name) for name in activations] != usual:
        raise node.refuse(f"expected activations {usual}, got {activations}")
    for name in ("clip", "input_forget"):
        if told.get(name):
            raise node.refuse(f"expected no {name}, got {told[name]}")
    if operator == "GRU" and not told.get("linear_before_reset"):
        raise node.refuse("expected linear_before_reset=1: ours resets the product with the state, not the state")
    if operator == "LSTM" and node.given(7) is not None:
        raise node.refuse("expected no peepholes (input P)")
    options: dict[str, Any] = {"nonlinearity": "relu" if relu else "tanh"} if operator == "RNN" else {}
    kinds: dict[str, Any] = {"GRU": layers.GRU, "LSTM": layers.LSTM, "RNN": layers.RNN}
    biases = None if node.given(3) is None else node.weight(3)
    layer = kinds[operator](inputs, recurrent.shape[2], bias=biases is not None, bidirectional=directions == 2,
                            batch_first=bool(told.get("layout", 0)), **options)
    for number, suffix in enumerate(("_l0", "_l0_reverse")[:directions]):
        parts = {"weight_ih": weight.data[number], "weight_hh": recurrent.data[number]}
        if biases is not None:
            parts["bias_ih"], parts["bias_hh"] = np.split(biases.data[number], 2)
        for name, values in parts.items():
            ours = reordered(values, GATES[operator], back=True)
            setattr(layer, f"{name}{suffix}", Parameter(ours, weight.requires_grad, dtype=ours.dtype))
    return layer


RECURRENT: dict[str, Builder] = {"GRU": _recurrent, "LSTM": _recurrent, "RNN": _recurrent}
