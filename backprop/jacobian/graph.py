"""A linearised computational graph: a partial derivative on every edge, and the steps that shorten it to a Jacobian."""

from collections.abc import Hashable, Mapping
from copy import deepcopy
from graphlib import CycleError, TopologicalSorter
from typing import Any

import numpy as np

from ...layers.core import Array, Layer, Observer, ShapeError, ValueRangeError, flatten, observe
from ...models import Graph

__all__ = ["LinearizedGraph", "linearize"]

Node = Hashable
Edge = tuple[Node, Node]


class LinearizedGraph:
    """Partial derivatives on the edges of a graph: ``edges[i, j] = ∂j/∂i``.

    Inputs are the nodes that no edge enters, outputs those that none leaves; what lies between can be eliminated. The
    entry of the Jacobian for an input and an output is the sum over all paths of the products along the path, and
    every elimination keeps that sum. When no node is left between, the edges are the Jacobian.

    Attributes:
        edges:           the partial derivatives that are left
        multiplications: spent so far; each may carry an addition along

    Raises: ValueRangeError for a cycle or an edge that is not there.

    Source: Naumann 2004, "Optimal accumulation of Jacobian matrices by elimination methods on the dual graph";
    Bauer 1974 (the sum over paths).

    Example:
        >>> graph = LinearizedGraph({("x", "u"): 2.0, ("u", "f"): 3.0, ("x", "f"): 1.0})
        >>> graph.eliminate("u"), graph.edges
        (1, {('x', 'f'): 7.0})
    """

    def __init__(self, edges: Mapping[Edge, float]) -> None:
        self.edges: dict[Edge, float] = dict(edges)
        self.multiplications = 0
        try:
            order = list(TopologicalSorter({node: self.before(node) for edge in edges for node in edge}).static_order())
        except CycleError as error:
            raise ValueRangeError(f"LinearizedGraph expected no cycle, got {error.args[1]}") from None
        self.inputs = [node for node in order if not self.before(node)]
        self.outputs = [node for node in order if not self.after(node)]
        self.between = [node for node in order if self.before(node) and self.after(node)]

    def before(self, node: Node) -> list[Node]:
        """Return the nodes from which an edge leads to this one."""
        return [i for i, j in self.edges if j == node]

    def after(self, node: Node) -> list[Node]:
        """Return the nodes to which an edge leads from this one."""
        return [j for i, j in self.edges if i == node]

    def eliminate(self, node: Node) -> int:
        """Lead every path around a node, ``c[i, k] += c[i, j] * c[j, k]``, remove it, and return the multiplications.

        Raises: ValueRangeError for an input, an output, or a node that is gone.
        """
        if node not in self.between:
            raise ValueRangeError(f"LinearizedGraph expected a node between inputs and outputs to eliminate, one of "
                                  f"{self.between}, got {node!r}")
        return sum(self.eliminate_front((before, node)) for before in self.before(node))

    def eliminate_front(self, edge: Edge) -> int:
        """Lead the paths over edge (i, j) on to every successor k of j; return the multiplications."""
        (i, j), value = edge, self._take(edge, 1)
        return self._add((((i, k), value * self.edges[j, k]) for k in self.after(j)), edge)

    def eliminate_back(self, edge: Edge) -> int:
        """Lead the paths over edge (i, j) back to every predecessor h of i; return the multiplications."""
        (i, j), value = edge, self._take(edge, 0)
        return self._add((((h, j), self.edges[h, i] * value) for h in self.before(i)), edge)

    def jacobian(self) -> Array:
        """Return the Jacobian, a row for each of ``outputs``, a column for each of ``inputs``.

        Raises: ValueRangeError while a node between them is left.
        """
        if self.between:
            raise ValueRangeError(f"LinearizedGraph expected all nodes between inputs and outputs to be eliminated, "
                                  f"but {self.between} are left")
        return np.array([[self.edges.get((i, j), 0.0) for i in self.inputs] for j in self.outputs])

    def copy(self) -> "LinearizedGraph":
        """Return a graph that can be shortened on its own."""
        return deepcopy(self)

    def _take(self, edge: Edge, end: int) -> float:
        if edge not in self.edges or edge[end] not in self.between:
            kind = ("back", "front")[end]
            raise ValueRangeError(f"LinearizedGraph expected an edge to eliminate to the {kind} with a node between "
                                  f"inputs and outputs at that end, got {edge!r}")
        return self.edges[edge]

    def _add(self, paths: Any, edge: Edge) -> int:
        found = list(paths)
        for path, value in found:
            self.edges[path] = self.edges.get(path, 0.0) + value
        del self.edges[edge]
        self._drop_dead_ends()
        self.multiplications += len(found)
        return len(found)

    def _drop_dead_ends(self) -> None:
        while dead := [node for node in self.between if not (self.before(node) and self.after(node))]:
            self.between = [node for node in self.between if node not in dead]
            self.edges = {edge: value for edge, value in self.edges.items() if not set(edge) & set(dead)}


class _Slopes(Observer):
    """Asks every gate for its partial derivatives while its cache is in place."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.edges: dict[Edge, float] = {}

    def after_forward(self, path: tuple[str, ...], layer: Layer, x: tuple[Any, ...], y: Any) -> None:
        name = path[-1]
        if any(np.size(value) != 1 for value in (*x, y)):
            raise ShapeError(f"linearize expected every value to be one number, got shape {np.shape(y)} at {name!r}")
        grads = flatten(layer.backward(np.ones_like(y)))
        for source, grad in zip(self.graph.sources[name], grads, strict=True):
            self.edges[source, name] = self.edges.get((source, name), 0.0) + float(grad)


def linearize(graph: Graph, *x: float) -> LinearizedGraph:
    """Return the partial derivatives on the edges of a Graph of numbers, at the point ``x``.

    Raises: ShapeError where a value is not one number.

    Example:
        >>> from chainrule.layers import Add, Multiply
        >>> from chainrule.models import Graph
        >>> f = Graph(["x", "y", "z"], {"q": (Add(), "x", "y"), "f": (Multiply(), "q", "z")}, ["f"])
        >>> linearize(f, -2.0, 5.0, -4.0).edges
        {('x', 'q'): 1.0, ('y', 'q'): 1.0, ('q', 'f'): -4.0, ('z', 'f'): 3.0}
    """
    slopes = _Slopes(graph)
    with observe(slopes):
        graph.forward(*x)
    return LinearizedGraph(slopes.edges)
