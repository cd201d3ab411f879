"""DiagonalLM: the slow definition, curvatures that are in the mean those of the Gauss–Newton matrix, a saved memory."""

import numpy as np
import pytest

import chainrule
from chainrule.backprop import DiagonalLM, gauss_newton
from chainrule.backprop.second_order.landscape import Landscape
from chainrule.layers.core import ValueRangeError
from chainrule.optim.vector import value_vector


def test_the_slow_definition(objective, monkeypatch):
    drawn = iter(np.random.default_rng(0).normal(size=(9, 32)))
    vectors, gradients = [], []
    monkeypatch.setattr(Landscape, "random_gradient", lambda self, w: vectors.append(next(drawn)) or vectors[-1])
    measure = Landscape.gradient
    monkeypatch.setattr(Landscape, "gradient", lambda self, w: gradients.append(measure(self, w)) or gradients[-1])
    optimizer = DiagonalLM(objective.model.parameters(), lr=0.3, mu=0.2, decay=0.6, refresh=3)
    w, curvature = value_vector(objective.model.parameters()), None
    for step in range(7):
        optimizer.step(objective)
        if step % 3 == 0:
            square = vectors[-1] ** 2
            curvature = square if curvature is None else 0.6 * curvature + 0.4 * square
        w = w - 0.3 * gradients[-1][1] / (0.2 + curvature)
        np.testing.assert_allclose(value_vector(objective.model.parameters()), w, rtol=1e-12)
    assert len(vectors) == 3


def test_curvatures_are_in_the_mean_the_diagonal_of_the_gauss_newton_matrix(objective):
    chainrule.manual_seed(0)
    optimizer = DiagonalLM(objective.model.parameters(), lr=0.0)
    found = []
    for _ in range(1500):
        optimizer.memory.clear()
        optimizer.step(objective)
        found.append(optimizer.memory["curvature"])
    matrix = gauss_newton(objective.model, objective.loss, objective.x, objective.y)
    exact = np.diag(matrix @ np.eye(32))
    np.testing.assert_allclose(np.mean(found, axis=0), exact, rtol=0.3, atol=1e-4)
    assert np.mean(found, axis=0).sum() == pytest.approx(exact.sum(), rel=0.05)


def test_it_learns_and_refuses_what_makes_no_sense(objective):
    optimizer = DiagonalLM(objective.model.parameters(), lr=0.05)
    losses = [optimizer.step(objective) for _ in range(60)]
    assert losses[-1] < 0.6 * losses[0]
    with pytest.raises(ValueRangeError, match="DiagonalLM expected mu"):
        DiagonalLM(objective.model.parameters(), mu=0.0)
