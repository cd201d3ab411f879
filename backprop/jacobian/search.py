"""The exact search for the cheapest eliminations: over what is left, as bits, the cheapest first."""

from collections.abc import Callable, Iterable, Iterator
from functools import reduce
from heapq import heappop, heappush
from itertools import combinations
from operator import or_
from typing import NamedTuple

from ...layers.core import ValueRangeError
from .graph import Edge, LinearizedGraph, Node

__all__ = ["EdgeStep", "best_edges", "best_order"]

LARGEST = 16        # nodes of the exact search over vertices, which looks at 2**n sets

Rows = tuple[int, ...]                          # for every node the set of its successors, as bits
Move = tuple[int, Rows, tuple[int, ...]]        # multiplications, what is left, and what was eliminated
Moves = Callable[[Rows, int], Iterator[Move]]


class EdgeStep(NamedTuple):
    """One elimination of an edge, to the front or to the back."""

    edge: Edge
    front: bool


def best_order(graph: LinearizedGraph) -> list[Node]:
    """Return an order of the nodes with the fewest multiplications.

    What is left after a set of nodes does not depend on their order, so the search is over sets: at most 2**n.

    Raises: ValueRangeError for more than 16 nodes between inputs and outputs.
    """
    if len(graph.between) > LARGEST:
        raise ValueRangeError(f"best_order expected at most {LARGEST} nodes to eliminate, got {len(graph.between)}; "
                              f"take markowitz_order")
    nodes, rows, inner = _bits(graph)
    return [nodes[j] for (j,) in _cheapest(rows, inner, _vertices)]


def best_edges(graph: LinearizedGraph) -> list[EdgeStep]:
    """Return eliminations of edges with the fewest multiplications; at most those of the best order of nodes.

    Cost: exponential in the number of edges; a second for about twenty.

    Source: Naumann 2004, section 2; the problem is NP-complete (Naumann 2008).
    """
    nodes, rows, inner = _bits(graph)
    return [EdgeStep((nodes[i], nodes[j]), bool(front)) for i, j, front in _cheapest(rows, inner, _edges)]


def _bits(graph: LinearizedGraph) -> tuple[list[Node], Rows, int]:
    nodes = [*graph.inputs, *graph.between, *graph.outputs]
    place = {node: index for index, node in enumerate(nodes)}
    rows = [0] * len(nodes)
    for i, j in graph.edges:
        rows[place[i]] |= 1 << place[j]
    return nodes, tuple(rows), sum(1 << place[node] for node in graph.between)


def _cheapest(rows: Rows, inner: int, moves: Moves) -> list[tuple[int, ...]]:
    """Return the cheapest moves that leave nothing between: the search A* with ``_at_least`` as estimate.

    A heap entry holds the estimate, less than nothing saved, what is left, and how it came about.
    """
    ends = _ends(rows, inner)
    heap: list[tuple[int, int, Rows, tuple[tuple[int, ...], ...]]] = [(0, 0, rows, ())]
    cheapest = {rows: 0}
    while True:
        _, minus, rows, steps = heappop(heap)
        left, cost = _left(rows, inner), -minus
        if not left:
            return list(steps)
        if cost > cheapest[rows]:
            continue
        for work, moved, step in moves(rows, left):
            after, spent = _without_dead_ends(moved, inner), cost + work
            if spent < cheapest.get(after, spent + 1):
                cheapest[after] = spent
                heappush(heap, (spent + _at_least(after, inner, ends), -spent, after, (*steps, step)))


def _ends(rows: Rows, inner: int) -> tuple[int, int]:
    """Return inputs and outputs."""
    return sum(1 << i for i, row in enumerate(rows) if row) & ~inner, _union(rows) & ~inner


def _at_least(rows: Rows, inner: int, ends: tuple[int, int]) -> int:
    """Return a bound of the multiplications still to come.

    Take paths from inputs to a node, and from it to outputs, that share nothing but the node: every pair of them is
    a path that some multiplication at the node must lead around it, and no two pairs share that multiplication.
    """
    inputs, outputs = ends
    back = tuple(sum(1 << i for i, row in enumerate(rows) if row >> j & 1) for j in range(len(rows)))
    return sum(_disjoint(back, j, inputs) * _disjoint(rows, j, outputs) for j in _members(_left(rows, inner)))


def _disjoint(rows: Rows, start: int, goals: int) -> int:
    """Return how many paths from ``start`` to ``goals`` share no other node: the nodes of a least cut (Menger 1927)."""
    reached = _reached(rows, start, 0)
    most = min(rows[start].bit_count(), (reached & goals).bit_count())
    for size in range(1, most):
        for cut in combinations(_members(reached), size):
            if not _reached(rows, start, sum(1 << node for node in cut)) & goals:
                return size
    return most


def _reached(rows: Rows, start: int, blocked: int) -> int:
    reached, new = 0, rows[start] & ~blocked
    while new:
        reached |= new
        new = _union(rows[node] for node in _members(new)) & ~blocked & ~reached
    return reached


def _union(sets: Iterable[int]) -> int:
    return reduce(or_, sets, 0)


def _vertices(rows: Rows, left: int) -> Iterator[Move]:
    for j in _members(left):
        bit, before = 1 << j, sum(row >> j & 1 for row in rows)
        yield (before * rows[j].bit_count(), tuple((row & ~bit) | rows[j] if row & bit else row for row in rows), (j,))


def _edges(rows: Rows, left: int) -> Iterator[Move]:
    for i, row in enumerate(rows):
        for j in _members(row):
            bit = 1 << j
            if left & bit:
                yield rows[j].bit_count(), (*rows[:i], (row & ~bit) | rows[j], *rows[i + 1:]), (i, j, 1)
            if left >> i & 1:
                after = [each | bit if each >> i & 1 else each for each in rows]
                after[i] &= ~bit
                yield sum(each >> i & 1 for each in rows), tuple(after), (i, j, 0)


def _left(rows: Rows, inner: int) -> int:
    """Return the nodes between inputs and outputs through which a path still leads."""
    return sum(1 << j for j in _members(inner & _union(rows)) if rows[j])


def _without_dead_ends(rows: Rows, inner: int) -> Rows:
    while True:
        left = _left(rows, inner)
        gone = inner & ~left
        after = tuple(0 if gone >> i & 1 else row & ~gone for i, row in enumerate(rows))
        if after == rows:
            return rows
        rows = after


def _members(bits: int) -> Iterator[int]:
    while bits:
        yield (bits & -bits).bit_length() - 1
        bits &= bits - 1
