"""A file on its way to a Graph: what is known of its values, and the nodes made so far."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from ....layers.core import Array, Layer, Parameter, flatten
from ..errors import OnnxError
from ..operators import Fixed, Operator, Weight

__all__ = ["Builder", "Node", "Operand", "Reader"]


class Operand(NamedTuple):
    """What a node reads: its name, the array if it is known, the parameter if it is trained, and what is known of it.

    ``exact`` says that it holds whole numbers or truth values, ``shape`` has None where a size is not known.
    """

    name: str
    value: Array | None = None
    parameter: Parameter | None = None
    exact: bool = False
    shape: tuple[int | None, ...] | None = None


class Node(NamedTuple):
    """A node of the file."""

    operator: str
    name: str
    inputs: tuple[Operand | None, ...]
    attributes: dict[str, Any]
    outputs: tuple[str, ...]
    opset: int

    @property
    def title(self) -> str:
        """The node as errors name it."""
        return f"node {self.name!r} ({self.operator})"

    def refuse(self, reason: str) -> OnnxError:
        """Return the error for what no layer of ours does."""
        return OnnxError(f"{self.title}: {reason}")

    def given(self, place: int) -> Operand | None:
        """Return an input, None if it is left out."""
        return self.inputs[place] if place < len(self.inputs) else None

    def operand(self, place: int) -> Operand:
        """Return an input that the operator must have."""
        operand = self.given(place)
        if operand is None:
            raise self.refuse(f"expected input {place}, got none")
        return operand

    def constant(self, place: int, attribute: str = "") -> Array | None:
        """Return an input that must be known when the file is read, or the attribute that older opsets had for it."""
        operand = self.given(place)
        if operand is None:
            value = self.attributes.get(attribute)
            return None if value is None else np.asarray(value)
        value = operand.value if operand.parameter is None else operand.parameter.data
        if value is None:
            raise self.refuse(f"expected input {place}, {operand.name!r}, as a constant in the file")
        return value

    def weight(self, place: int) -> Parameter:
        """Return an input as a parameter, which is not trained where the file has it as a constant."""
        operand = self.operand(place)
        if operand.parameter is not None:
            return operand.parameter
        if operand.value is None:
            raise self.refuse(f"expected input {place}, {operand.name!r}, as weights in the file")
        return Parameter(operand.value, requires_grad=False, dtype=operand.value.dtype)

    def only(self, outputs: int) -> None:
        """Raise if more of the outputs are used than our layer gives."""
        if any(self.outputs[outputs:]):
            raise self.refuse(f"expected at most {outputs} outputs in use, got {len(self.outputs)}")


@dataclass
class Reader:
    """Collects the nodes of a Graph; values of the file are known by the name of the node that gives them."""

    nodes: dict[str, tuple[Any, ...]] = field(default_factory=dict)
    values: dict[str, str] = field(default_factory=dict)
    uses: Counter[str] = field(default_factory=Counter)
    produced: dict[str, Node] = field(default_factory=dict)

    def add(self, name: str, layer: Layer, *sources: Any) -> str:
        """Add a node of the Graph, by this name or one like it; return its name."""
        unique, number = name, 1
        while unique in self.nodes or unique in self.values.values():
            number += 1
            unique = f"{name}_{number}"
        self.nodes[unique] = (layer, *sources)
        return unique

    def source(self, operand: Operand) -> str:
        """Return the node that gives an operand; a weight or a constant becomes one."""
        if operand.name not in self.values:
            parameter = operand.parameter
            layer = Fixed(np.asarray(operand.value)) if parameter is None else Weight(parameter)
            self.values[operand.name] = self.add(operand.name, layer)
        return self.values[operand.name]

    def apply(self, node: Node, layer: Layer, *places: int) -> str:
        """Add a layer that reads the inputs at ``places``, all that are there if none is named."""
        chosen = [node.given(place) for place in places or range(len(node.inputs))]
        return self.add(node.name, layer, *(self.source(operand) for operand in chosen if operand is not None))

    def operate(self, node: Node, make: Callable[[dict[int, Any]], Operator]) -> str:
        """Add an operator, given what is bound in it: constants, and None for inputs that are left out."""
        bound: dict[int, Any] = {place: None if operand is None else operand.value
                                 for place, operand in enumerate(node.inputs) if place > 0 and
                                 (operand is None or operand.value is not None)}
        rest = [operand for place, operand in enumerate(node.inputs) if place not in bound and operand is not None]
        return self.add(node.name, make(bound), *map(self.source, rest))

    def needed(self, outputs: list[str]) -> dict[str, tuple[Any, ...]]:
        """Return the nodes that outputs depend on; the others only led to what a layer now holds itself."""
        found: set[str] = set()
        todo = list(outputs)
        while todo:
            name = todo.pop()
            if name in self.nodes and name not in found:
                found.add(name)
                todo += flatten(self.nodes[name][1:])
        return {name: node for name, node in self.nodes.items() if name in found}


Builder = Callable[[Reader, Node], Any]
Builders = Mapping[str, Builder]
