"""Partial derivatives on edges: from a graph of gates, and through every elimination the same Jacobian."""

from itertools import permutations

import numpy as np
import pytest

from chainrule.backprop.jacobian import LinearizedGraph, linearize
from chainrule.layers import Cos, Exp, Multiply, Sin
from chainrule.layers.core import ShapeError, ValueRangeError
from chainrule.models import Graph


def slide():
    """v1 = a b, v2 = sin v1, v3 = v1 v2, v4 = cos v3, v5 = exp v3."""
    return Graph(["a", "b"], {"v1": (Multiply(), "a", "b"), "v2": (Sin(), "v1"), "v3": (Multiply(), "v1", "v2"),
                              "v4": (Cos(), "v3"), "v5": (Exp(), "v3")}, ["v4", "v5"])


def reverse_mode(graph, *x):
    graph.forward(*x)
    return np.array([graph.backward(tuple(np.eye(2)[row])) for row in range(2)])


def test_every_order_gives_the_jacobian_of_reverse_mode():
    wanted = reverse_mode(slide(), 0.7, 1.3)
    for order in permutations(["v1", "v2", "v3"]):
        graph = linearize(slide(), 0.7, 1.3)
        for node in order:
            graph.eliminate(node)
        columns = [graph.inputs.index(name) for name in ("a", "b")]
        rows = [graph.outputs.index(name) for name in ("v4", "v5")]
        np.testing.assert_allclose(graph.jacobian()[np.ix_(rows, columns)], wanted, rtol=1e-12)


def test_edges_to_the_front_and_to_the_back_give_it_too():
    rng = np.random.default_rng(0)
    for _ in range(20):
        graph = linearize(slide(), 0.7, 1.3)
        whole = graph.copy()
        for node in list(whole.between):
            whole.eliminate(node)
        while graph.between:
            i, j = edge = list(graph.edges)[rng.integers(len(graph.edges))]
            if j in graph.between and rng.random() < 0.5:
                graph.eliminate_front(edge)
            elif i in graph.between:
                graph.eliminate_back(edge)
        np.testing.assert_allclose(graph.jacobian(), whole.jacobian(), rtol=1e-12)


def test_a_value_read_twice_has_one_edge_with_the_sum():
    square = Graph(["a"], {"v": (Multiply(), "a", "a")}, ["v"])
    assert linearize(square, 3.0).edges == {("a", "v"): 6.0}


def test_dead_ends_vanish():
    graph = LinearizedGraph({("x", "u"): 1.0, ("u", "v"): 2.0, ("v", "f"): 3.0})
    graph.eliminate_front(("x", "u"))
    assert graph.between == ["v"]
    assert graph.edges == {("v", "f"): 3.0, ("x", "v"): 2.0}
    assert graph.multiplications == 1


def test_what_can_not_be_done_is_refused():
    with pytest.raises(ValueRangeError, match="expected no cycle"):
        LinearizedGraph({("a", "b"): 1.0, ("b", "a"): 1.0})
    graph = LinearizedGraph({("x", "u"): 1.0, ("u", "f"): 2.0})
    with pytest.raises(ValueRangeError, match="one of \\['u'\\], got 'x'"):
        graph.eliminate("x")
    with pytest.raises(ValueRangeError, match="to the back"):
        graph.eliminate_back(("x", "u"))
    with pytest.raises(ValueRangeError, match="to the front"):
        graph.eliminate_front(("u", "f"))
    with pytest.raises(ValueRangeError, match="are left"):
        graph.jacobian()
    with pytest.raises(ShapeError, match="one number, got shape \\(2,\\) at 'v'"):
        linearize(Graph(["a"], {"v": (Sin(), "a")}, ["v"]), np.ones(2))
