"""Relevance is conserved, and without biases it is gradient × input."""

import numpy as np
import pytest

from chainrule.analysis.saliency import gradient_times_input, layer_relevance
from chainrule.layers import Add, Concat, Conv2d, Flatten, Linear, MaxPool2d, ReLU, Softmax
from chainrule.layers.core import DtypeError
from chainrule.models import Graph, Parallel, Sequential


@pytest.mark.parametrize("composite", [True, False])
def test_relevance_is_conserved(model, x, composite):
    relevance = layer_relevance(model, x, 2, composite=composite)
    score = model.eval().forward(x)[:, 2]
    assert np.abs(score).min() > 0.01
    assert np.abs(relevance.sum(axis=(1, 2, 3)) - score).max() <= 1e-6


def test_without_biases_and_epsilon_it_is_gradient_times_input(x):
    """Ancona et al. 2018, proposition 2: an independent way to the same numbers."""
    model = Sequential(Conv2d(1, 3, 3, bias=False), ReLU(), MaxPool2d(2), Flatten(), Linear(27, 9, bias=False), ReLU(),
                       Linear(9, 4, bias=False)).astype(np.float64)
    assert np.allclose(layer_relevance(model, x, 1, epsilon=0, composite=False), gradient_times_input(model, x, 1),
                       atol=1e-10)


def test_sums_and_branches_share():
    model = Graph(["x"], {"a": (Linear(3, 4), "x"), "b": (Linear(3, 4), "x"), "sum": (Add(), "a", "b"),
                          "out": (Sequential(Parallel(ReLU(), Linear(4, 2)), Concat()), "sum")}, ["out"])
    model, x = model.astype(np.float64), np.random.default_rng(0).normal(size=(5, 3))
    assert np.allclose(layer_relevance(model, x, 1).sum(axis=1), model.forward(x)[:, 1])


def test_a_layer_without_a_rule():
    with pytest.raises(DtypeError, match="Softmax"):
        layer_relevance(Sequential(Linear(3, 2), Softmax(dim=1)), np.ones((1, 3), np.float32))
