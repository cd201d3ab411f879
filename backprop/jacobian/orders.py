"""In which order to eliminate: forward, reverse, Markowitz's greedy one, and what each costs."""

from collections.abc import Sequence

from .graph import LinearizedGraph, Node

__all__ = ["forward_order", "markowitz_order", "multiplications", "reverse_order", "sum_of_paths", "sweeps"]

def forward_order(graph: LinearizedGraph) -> list[Node]:
    """Return the nodes from inputs to outputs: forward accumulation that skips zeros."""
    return list(graph.between)


def reverse_order(graph: LinearizedGraph) -> list[Node]:
    """Return the nodes from outputs to inputs: reverse accumulation that skips zeros."""
    return graph.between[::-1]


def markowitz_order(graph: LinearizedGraph) -> list[Node]:
    """Return the order that takes next what costs least, ``len(before) * len(after)``.

    Source: Griewank & Reese 1991, after Markowitz 1957.
    """
    graph, order = graph.copy(), list[Node]()
    while graph.between:
        order.append(min(graph.between, key=lambda node: len(graph.before(node)) * len(graph.after(node))))
        graph.eliminate(order[-1])
    return order


def multiplications(graph: LinearizedGraph, order: Sequence[Node]) -> int:
    """Return what it costs to eliminate the nodes in this order."""
    graph = graph.copy()
    return sum(graph.eliminate(node) for node in order)


def sweeps(graph: LinearizedGraph) -> tuple[int, int]:
    """Return the multiplications of forward and of reverse mode as they run on arrays of any graph.

    Every edge is used once in each sweep, and there is a sweep for each input, or for each output.
    """
    return len(graph.inputs) * len(graph.edges), len(graph.outputs) * len(graph.edges)


def sum_of_paths(graph: LinearizedGraph) -> int:
    """Return the multiplications of Bauer's formula as it stands: a path of n edges has n - 1."""
    def walk(node: Node, length: int) -> int:
        after = graph.after(node)
        return sum(walk(each, length + 1) for each in after) if after else length - 1
    return sum(walk(node, 0) for node in graph.inputs)
