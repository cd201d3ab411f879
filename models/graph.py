"""A network as a directed acyclic graph of named nodes; a value used twice has its gradients added."""

from collections.abc import Iterator, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from typing import Any, NamedTuple

import numpy as np

from ..layers.core import (
    Description,
    Entry,
    Layer,
    Shape,
    ShapeError,
    Tally,
    UnknownNameError,
    ValueRangeError,
    call,
    call_back,
    call_back_jvp,
    call_jvp,
    flatten,
    total,
)
from .model import Model, check_layers, spread, trains

__all__ = ["Graph"]

Leaves = list[Any]      # one entry per output array of a node; None stands for zero


class GraphCache(NamedTuple):
    """One entry per node, in the order they ran, how many arrays each value has, and the inputs that were given."""

    entries: tuple[Entry, ...]
    counts: dict[str, int]
    given: tuple[str, ...]


class Graph(Model):
    """Named nodes, each a layer and the names of the values it reads.

    ``nodes`` maps a name to ``(layer, source, …)``; a source is an input of the graph or another node, in any order of
    writing. The value of a node with several outputs is handed on as several inputs, depth first; ``Select(i)`` picks
    one. Sources in a tuple are handed on as a tuple: ``(LSTM(3, 4), "x", ("h0", "c0"))``. Inputs called ``optional``
    follow the others and may be left out, which then are None. One layer object may stand at several nodes: its
    weights are shared and their gradients add.

    Gradients:
        grad_value = sum over the nodes that read the value of what their backward returns        (the copy gate)

    Raises: UnknownNameError for a source that does not exist, ValueRangeError for a cycle or a name used twice.

    Source: Griewank & Walther 2008, section 3.2 (reverse accumulation).

    Example:
        >>> from chainrule.layers import Add, Multiply
        >>> f = Graph(["x", "y", "z"], {"q": (Add(), "x", "y"), "f": (Multiply(), "q", "z")}, ["f"])
        >>> float(f.forward(-2.0, 5.0, -4.0)), [float(grad) for grad in f.backward(1.0)]
        (-12.0, [-4.0, -4.0, 3.0])
    """

    def __init__(self, inputs: Sequence[str], nodes: Mapping[str, Sequence[Any]], outputs: Sequence[str],
                 optional: Sequence[str] = ()) -> None:
        self.inputs, self.outputs, self.optional = list(inputs), list(outputs), list(optional)
        self.nodes = {name: check_layers([node[0]], f"node {name!r} of Graph")[0] for name, node in nodes.items()}
        self.sources: dict[str, tuple[Any, ...]] = {name: tuple(node[1:]) for name, node in nodes.items()}
        self._order = self._sorted()

    def forward(self, *x: Any) -> Any:
        self.cache = None
        values = {name: flatten(_number(value)) for name, value in self._given(x, None).items()}
        entries = []
        for name in self._order:
            y, entry = call(self.nodes[name], *_read(values, self.sources[name]), at=(self, name))
            entries.append(entry)
            values[name] = flatten(y)
        counts = {name: len(leaves) for name, leaves in values.items()}
        self.cache = GraphCache(tuple(entries), counts, tuple(self._names()[:len(x)]))
        return self._written(values)

    def backward(self, grad_out: Any) -> Any:
        entries, counts, given = self.saved()
        grads: dict[str, Leaves] = {}
        self._spend(grads, tuple(self.outputs), counts, tuple(_number(grad) for grad in flatten(grad_out)))
        needed = self._needed()
        for name, entry in zip(reversed(self._order), reversed(entries), strict=True):
            if name in grads and (needed[name] or trains(self.nodes[name])):
                grad_x = call_back(self.nodes[name], entry, _joined(grads.pop(name)), at=(self, name),
                                   needs_input_grad=needed[name])
                if needed[name]:
                    self._spend(grads, self.sources[name], counts, spread(grad_x))
        return _joined([self._leaf(grads, name, counts) for name in given]) if self.needs_input_grad else None

    def jvp(self, *x_dot: Any) -> Any:
        dots = {name: flatten(_number(dot)) for name, dot in self._given(x_dot, None).items()}
        tangents = []
        for name, entry in zip(self._order, self.point().entries, strict=True):
            y_dot, tangent = call_jvp(self.nodes[name], entry, *_read(dots, self.sources[name]), at=(self, name))
            tangents.append(tangent)
            dots[name] = flatten(y_dot)
        self.tangent = tuple(tangents)
        return self._written(dots)

    def backward_jvp(self, grad_out: Any, grad_out_dot: Any) -> tuple[Any, Any]:
        (entries, counts, given), tangents = self.saved(), self.saved_tangent()
        grads: dict[str, Leaves] = {}
        grads_dot: dict[str, Leaves] = {}
        outputs = tuple(self.outputs)
        self._spend(grads, outputs, counts, tuple(_number(grad) for grad in flatten(grad_out)))
        if grad_out_dot is not None:
            self._spend(grads_dot, outputs, counts, tuple(_number(grad) for grad in flatten(grad_out_dot)))
        for name, entry, tangent in reversed(list(zip(self._order, entries, tangents, strict=True))):
            if name in grads:
                empty = [None] * counts[name]
                grad_x, grad_x_dot = call_back_jvp(self.nodes[name], entry, tangent, _joined(grads.pop(name)),
                                                   _joined(grads_dot.pop(name, empty)), at=(self, name))
                self._spend(grads, self.sources[name], counts, spread(grad_x))
                self._spend(grads_dot, self.sources[name], counts, spread(grad_x_dot))
        return (_joined([self._leaf(grads, name, counts) for name in given]),
                _joined([self._leaf(grads_dot, name, counts) for name in given]))

    def describe(self, *x_shapes: Shape) -> Description:
        """The nodes' own descriptions added up; memory that two of them keep counts once."""
        tally = Tally(self, tuple(self._given(x_shapes, ()).values()))
        names: dict[str, tuple[str, ...]] = dict(zip(self._names(), zip(tally.inputs, strict=True), strict=True))
        for name in self._order:
            names[name] = tally.add(name, self.nodes[name], _read(names, self.sources[name]))
        return tally.result(tuple(array for name in self.outputs for array in names[name]))

    def children(self) -> Iterator[tuple[str, Layer]]:
        """Yield the layers under the names of their nodes."""
        yield from self.nodes.items()

    def place(self, name: str) -> str:
        """Return how errors name a node: ``node 'q' of Graph``."""
        return f"node {name!r} of {type(self).__name__}"

    def _sorted(self) -> list[str]:
        known = [*self._names(), *self.nodes]
        if len(set(known)) < len(known):
            twice = sorted(name for name in self.nodes if name in self._names()) or self._names()
            raise ValueRangeError(f"Graph expected every name once, got {', '.join(twice)} twice")
        for place, sources in [*self.sources.items(), ("outputs", tuple(self.outputs))]:
            for source in flatten(sources):
                if source not in known:
                    raise UnknownNameError.of(f"source of {place!r} of Graph", source, known)
        try:
            order = list(TopologicalSorter({name: flatten(sources) for name, sources in self.sources.items()})
                         .static_order())
        except CycleError as error:
            raise ValueRangeError(f"Graph expected no cycles, got {' -> '.join(error.args[1])}") from None
        return [name for name in order if name in self.nodes]

    def _names(self) -> list[str]:
        return self.inputs + self.optional

    def _given(self, x: tuple[Any, ...], missing: Any) -> dict[str, Any]:
        """Return every input by name, ``missing`` for those that may be and are left out."""
        names, least = self._names(), len(self.inputs)
        if not least <= len(x) <= len(names):
            most = f" to {len(names)}" if self.optional else ""
            raise ShapeError(f"Graph expected {least}{most} inputs ({', '.join(names)}), got {len(x)}")
        return dict(zip(names, (*x, *(missing,) * (len(names) - len(x))), strict=True))

    def _written(self, values: Mapping[str, tuple[Any, ...]]) -> Any:
        return _joined([leaf for name in self.outputs for leaf in values[name]])

    def _spend(self, grads: dict[str, Leaves], sources: tuple[Any, ...], counts: Mapping[str, int],
               shares: tuple[Any, ...]) -> None:
        """Add gradients, one per leaf of the values in ``sources``, to what the values have got so far."""
        given = iter(shares if any(share is not None for share in shares) else ())
        for name in flatten(sources):
            shared = [next(given, None) for _ in range(counts[name])]
            if any(share is not None for share in shared):
                sofar = grads.get(name, [None] * counts[name])
                grads[name] = [total(old, new) for old, new in zip(sofar, shared, strict=True)]

    def _leaf(self, grads: Mapping[str, Leaves], name: str, counts: Mapping[str, int]) -> Any:
        return _joined(grads.get(name, [None] * counts[name]))

    def _needed(self) -> dict[str, bool]:
        """Return for every node whether the gradient of its inputs is wanted by anyone."""
        wants = dict.fromkeys(self._names(), self.needs_input_grad)
        needed = {}
        for name in self._order:
            needed[name] = any(wants[source] for source in flatten(self.sources[name]))
            wants[name] = needed[name] or self.needs_input_grad or trains(self.nodes[name])
        return needed


def _read(values: Mapping[str, tuple[Any, ...]], sources: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return what a node reads: the leaves of its sources, those of sources in a tuple as a tuple."""
    return tuple(leaf for source in sources
                 for leaf in (values[source] if isinstance(source, str) else (_read(values, tuple(source)),)))


def _number(value: Any) -> Any:
    """Let a circuit take plain Python numbers."""
    return np.asarray(value, np.float64) if isinstance(value, (int, float)) else value


def _joined(leaves: Sequence[Any]) -> Any:
    return leaves[0] if len(leaves) == 1 else tuple(leaves)
