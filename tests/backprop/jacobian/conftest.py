"""Graphs of the literature, and random ones."""

import numpy as np
import pytest

from chainrule.backprop.jacobian import LinearizedGraph


def random_graph(rng, most):
    """Return a graph with 1 to 3 inputs and outputs and 1 to ``most`` nodes between, about 1.6 edges into each."""
    inputs, between, outputs = rng.integers(1, 4), rng.integers(1, most + 1), rng.integers(1, 4)
    while True:
        last = inputs + between
        edges = {(i, j): rng.normal() for j in range(inputs, last + outputs) for i in range(min(j, last))
                 if rng.random() < 1.6 / min(j, last)}
        if edges:
            return LinearizedGraph(edges)


@pytest.fixture
def random_graphs():
    """Return a function that makes so many random graphs with so many nodes between inputs and outputs at most."""
    def make(count, most):
        rng = np.random.default_rng(0)
        return [random_graph(rng, most) for _ in range(count)]
    return make


@pytest.fixture
def slide():
    """The example of Naumann 2004, and of the slides."""
    return LinearizedGraph(dict.fromkeys([(-1, 1), (0, 1), (1, 3), (1, 2), (2, 3), (3, 4), (3, 5)], 1.5))


@pytest.fixture
def lion():
    """The graph on which edges are better than nodes."""
    names = ["i0 a", "i1 a", "a b", "a o0", "b o0", "b o1", "b o2", "b o3"]
    return LinearizedGraph({tuple(name.split()): 1.0 for name in names})
