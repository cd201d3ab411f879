"""Computational graphs drawn as in lectures: each wire with its value above and its gradient below."""

from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from ..layers.core import Array, Layer, Observer, ValueRangeError, flatten, observe
from ..models import Graph

__all__ = ["Circuit", "Wire", "draw_circuit", "run_circuit"]

SYMBOLS = {"Add": "+", "Subtract": "-", "Multiply": "×", "Divide": "÷", "Maximum": "max", "Minimum": "min",
           "MatMul": "@", "Copy": "●"}
ROW = 4         # lines a wire takes: value, wire, gradient, air
MOST = 40       # gates that fit on paper


class Wire(NamedTuple):
    """One wire: from an input or a gate to a gate, or out of the circuit (``gate`` is "" then)."""

    source: str
    gate: str
    value: Any
    grad: Any


@dataclass
class Circuit:
    """A graph that has run forward and backward: what it is made of, and what passed its wires.

    Attributes:
        gates: the symbol of every gate by name, in the order they ran
        wires: the wires into each gate, in order, and those that leave the circuit
        grads: the gradient of every value by name, those of all wires that leave it added up
    """

    gates: dict[str, str] = field(default_factory=dict)
    wires: list[Wire] = field(default_factory=list)
    grads: dict[str, Any] = field(default_factory=dict)


class _Recorder(Observer):
    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.values: dict[str, Any] = {}
        self.grads: dict[tuple[str, int], Any] = {}

    def after_forward(self, path: tuple[str, ...], layer: Layer, x: tuple[Any, ...], y: Any) -> None:
        if len(path) == 1:
            self.values[path[0]] = y

    def after_backward(self, path: tuple[str, ...], layer: Layer, grad_out: Any, grad_x: Any) -> None:
        if len(path) == 1:
            count = len(self.graph.sources[path[0]])
            grads = flatten(grad_x) if count > 1 or not isinstance(grad_x, tuple) else (grad_x,)
            self.grads.update({(path[0], place): grad for place, grad in enumerate(grads[:count])})


def run_circuit(graph: Graph, *x: Any, grad_out: Any = None) -> Circuit:
    """Run a graph of gates forward and backward and return what passed its wires; ``grad_out`` is one if not given.

    Raises: ValueRangeError for a graph of too many gates to draw, or of gates with several outputs.
    """
    if len(graph.nodes) > MOST:
        raise ValueRangeError(f"draw_circuit expected a graph of at most {MOST} gates, got {len(graph.nodes)}")
    recorder = _Recorder(graph)
    with observe(recorder):
        y = graph.forward(*x)
        if grad_out is None:
            ones = tuple(np.ones_like(leaf) for leaf in flatten(y))
            grad_out = ones if len(ones) > 1 else ones[0]
        grad_x = graph.backward(grad_out)
    values = dict(zip(graph.inputs, x, strict=False)) | recorder.values
    if any(isinstance(value, tuple) for value in values.values()):
        raise ValueRangeError("draw_circuit expected gates with one output each, got one with several")
    given = dict(zip(graph.inputs, flatten(grad_x), strict=False))
    circuit = Circuit({name: _symbol(graph.nodes[name]) for name in recorder.values})
    for name in recorder.values:
        for place, source in enumerate(flatten(graph.sources[name])):
            circuit.wires.append(Wire(source, name, values[source], recorder.grads.get((name, place))))
    for name, grad in zip(graph.outputs, flatten(grad_out), strict=True):
        circuit.wires.append(Wire(name, "", values[name], grad))
    for name in values:
        shares = [wire.grad for wire in circuit.wires if wire.source == name and wire.grad is not None]
        circuit.grads[name] = given.get(name, sum(shares[1:], shares[0]) if shares else None)
    return circuit


def _symbol(gate: Layer) -> str:
    name = type(gate).__name__
    return SYMBOLS.get(name, name.lower())


def draw_circuit(graph: Graph, *x: Any, grad_out: Any = None) -> str:
    """Draw a graph of gates: values above the wires, gradients below them, a dot where a value is used twice.

    At the dot gradients add: what stands below the stem is the sum of what stands below the branches.

    Example:
        >>> from chainrule.analysis.circuit import draw_circuit
        >>> f = Graph(["x", "y", "z"], {"q": (Add(), "x", "y"), "f": (Multiply(), "q", "z")}, ["f"])
        >>> print(draw_circuit(f, -2.0, 5.0, -4.0))
             -2
        x ───────┐
             -4  │       3
                 + ─────────┐
              5  │ q    -4  │
        y ───────┘          │    -12
             -4             × ─────── f
                            │ f   1
                        -4  │
        z ──────────────────┘
                         3
    """
    return _Drawing(run_circuit(graph, *x, grad_out=grad_out)).text()


class _Drawing:
    """Lanes from top to bottom, one for each wire; gates in columns by how many lie before them."""

    def __init__(self, circuit: Circuit) -> None:
        self.circuit = circuit
        self.ink: dict[tuple[int, int], str] = {}
        self.column: dict[str, int] = {}
        self.height: dict[str, int] = {}            # the line on which a value leaves its gate, or begins
        self.lanes: dict[int, int] = {}             # the line of every wire, by its number
        self.free = 1
        self.margin = max((len(wire.source) for wire in circuit.wires if wire.source not in circuit.gates), default=0)
        self.label = 2 + max(len(show(part)) for part in [*circuit.grads.values(), *(
            number for wire in circuit.wires for number in (wire.value, wire.grad))])

    def text(self) -> str:
        """Return the drawing, no blanks at the ends of lines."""
        self._place()
        for number, wire in enumerate(self.circuit.wires):
            self._draw_wire(number, wire)
        for name in self.circuit.gates:
            self._draw_gate(name)
        for name in self.height:
            self._draw_fork(name)
        lines = max((line for line, _ in self.ink), default=0) + 1
        across = max((place for _, place in self.ink), default=0) + 1
        rows = ["".join(self.ink.get((line, place), " ") for place in range(across)).rstrip() for line in range(lines)]
        return "\n".join(rows)

    def _place(self) -> None:
        for name in self.circuit.gates:
            before = [self.column.get(wire.source, 0) for wire in self.circuit.wires if wire.gate == name]
            self.column[name] = 1 + max(before, default=0)
        for number, wire in enumerate(self.circuit.wires):
            if not wire.gate:
                self.lanes[number] = self._line(wire.source)

    def _line(self, source: str) -> int:
        """Return the line on which one more wire from a source runs."""
        if source in self.height or source not in self.circuit.gates:
            line = self._next()
            self.height.setdefault(source, line)
            return line
        into = [number for number, wire in enumerate(self.circuit.wires) if wire.gate == source]
        for number in into:
            self.lanes[number] = self._line(self.circuit.wires[number].source)
        lines = [self.lanes[number] for number in into]
        line = lines[0] if len(lines) == 1 else (min(lines) + max(lines)) // 2
        self.height[source] = line + (len(lines) > 1 and line in lines) * (ROW // 2)
        return self.height[source]

    def _next(self) -> int:
        line, self.free = self.free, self.free + ROW
        return line

    def _column(self, name: str) -> int:
        return self.column.get(name, 0)

    def _left(self, name: str) -> int:
        """Return where the wires behind an input or a gate begin: the same for all of its column."""
        column = self._column(name)
        beside = [max(len(symbol) + 1, len(gate) + 3) for gate, symbol in self.circuit.gates.items()
                  if self.column[gate] == column]
        return self._at(column) + max(beside, default=self.margin + 1)

    def _at(self, column: int) -> int:
        """Return the place of the gates of a column; before it there is room for stems, dots and labels."""
        if column == 0:
            return 0
        before = next((name for name in self.height if self._column(name) == column - 1), "")
        forks = len(self._forking(column - 1))
        return self._left(before) + (self.label + 2 * forks) * bool(forks) + self.label + 2

    def _forking(self, column: int) -> list[str]:
        return [name for name in self.height if self._column(name) == column and self._forks(name)]

    def _draw_wire(self, number: int, wire: Wire) -> None:
        line = self.lanes[number]
        start = self._left(wire.source)
        if self._forks(wire.source):
            start = self._fork_at(wire.source)
        elif wire.source in self.circuit.gates:
            start = self._at(self.column[wire.source]) + len(self.circuit.gates[wire.source]) + 1
        stop = self._at(self.column[wire.gate]) if wire.gate else start + self.label + 2
        alone = sum(other.gate == wire.gate for other in self.circuit.wires) == 1 and wire.gate != ""
        for place in range(start, stop - alone):        # the symbol of a gate with one input stands on the wire
            self._stroke(line, place, "─")
        middle = stop - 1 - self.label // 2
        self._write(line - 1, middle, show(wire.value))
        self._write(line + 1, middle, show(wire.grad))
        if not wire.gate:
            self._print(line, stop + 1, wire.source)
        if wire.source not in self.circuit.gates:
            self._print(self.height[wire.source], 0, wire.source.rjust(self.margin))

    def _draw_gate(self, name: str) -> None:
        at, symbol = self._at(self.column[name]), self.circuit.gates[name]
        lines = sorted(self.lanes[number] for number, wire in enumerate(self.circuit.wires) if wire.gate == name)
        own = self.height[name]
        for line in range(min([*lines, own]), max([*lines, own]) + 1):
            if len(lines) > 1:
                self._stroke(line, at, "│")
        for line in lines if len(lines) > 1 else []:
            self.ink[line, at] = "┐" if line == min([*lines, own]) else "┘" if line == max([*lines, own]) else "┤"
        self._print(own, at, symbol + " ")
        self._print(own + 1, at + 2, name)

    def _forks(self, name: str) -> bool:
        return sum(wire.source == name for wire in self.circuit.wires) > 1

    def _fork_at(self, name: str) -> int:
        """Return the place of the dot; every value that forks has a place of its own beside those of its column."""
        return self._left(name) + self.label + 2 * self._forking(self._column(name)).index(name)

    def _draw_fork(self, name: str) -> None:
        if not self._forks(name):
            return
        at, own = self._fork_at(name), self.height[name]
        lines = [self.lanes[number] for number, wire in enumerate(self.circuit.wires) if wire.source == name]
        gate = self.circuit.gates.get(name)
        start = self._left(name) if gate is None else self._at(self.column[name]) + len(gate) + 1
        for place in range(start, at):
            self._stroke(own, place, "─")
        for line in range(min([*lines, own]), max([*lines, own]) + 1):
            self._stroke(line, at, "│")
        for line in lines:
            if line != own:
                self.ink[line, at] = "┌" if line == min([*lines, own]) else "└" if line == max([*lines, own]) else "├"
        self.ink[own, at] = "●"
        self._print(own + 1, self._left(name), show(self.circuit.grads.get(name)))

    def _stroke(self, line: int, place: int, stroke: str) -> None:
        """Draw a part of a line; where two lines cross both are seen."""
        there = self.ink.get((line, place), " ")
        crossing = {there, stroke} == {"─", "│"} or there == "┼"
        self.ink[line, place] = "┼" if crossing else stroke

    def _write(self, line: int, middle: int, text: str) -> None:
        self._print(line, middle - len(text) // 2, text)

    def _print(self, line: int, place: int, text: str) -> None:
        for offset, letter in enumerate(text):
            self.ink[line, place + offset] = letter


def show(value: Any) -> str:
    """Return a number in three digits, of an array its shape and norm; nothing for None."""
    if value is None:
        return "0"
    array: Array = np.asarray(value)
    if array.size == 1:
        return f"{float(array.reshape(())):.3g}"
    return f"{'×'.join(map(str, array.shape))}: ‖{float(np.linalg.norm(array)):.3g}‖"
