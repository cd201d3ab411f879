"""Explanations by gradients, against finite differences and what they must sum to."""

import numpy as np
import pytest

from chainrule.analysis.saliency import gradient, gradient_times_input, integrated_gradients, smooth_grad
from chainrule.layers import Linear, ReLU, Tanh
from chainrule.layers.core import DtypeError, ShapeError, ValueRangeError
from chainrule.models import Sequential


def test_the_gradient_is_that_of_the_score_and_leaves_no_trace(model, x):
    mask, step = gradient(model, x, [1, 0, 4] @ np.eye(3, dtype=int)), 1e-6
    assert model.training and model.cache is None
    assert not any(parameter.reached for parameter in model.parameters())
    model.eval()
    for pixel in ((0, 0, 3, 4), (2, 0, 7, 1)):
        far, near = x.copy(), x.copy()
        far[pixel] += step
        near[pixel] -= step
        wanted = (model.forward(far) - model.forward(near))[pixel[0], [1, 0, 4][pixel[0]]] / (2 * step)
        assert mask[pixel] == pytest.approx(wanted, abs=1e-7)
    assert np.array_equal(gradient_times_input(model, x, 1), x * gradient(model, x, 1))
    assert np.array_equal(gradient(model, x), gradient(model, x, model.forward(x).argmax(axis=1)))


@pytest.mark.parametrize("baseline", [0.0, 0.1])
def test_integrated_gradients_sum_to_the_difference_of_scores(model, x, baseline):
    mask = integrated_gradients(model, x, 3, baseline)
    model.eval()
    wanted = (model.forward(x) - model.forward(np.full_like(x, baseline)))[:, 3]
    assert np.abs(mask.sum(axis=(1, 2, 3)) - wanted).max() <= 1e-3


def test_a_narrow_ramp_on_the_way_is_found():
    """Between a third and a ten-thousandth more the score rises by 0.7: 8192 equal pieces do not sum to that."""
    model = Sequential(Linear(1, 2), ReLU(), Linear(2, 1))
    edges, heights = np.array([1, 1 + 3e-4]) / 3, np.array([[7000.0, -7000.0]])
    for parameter, value in zip(model.parameters(), (np.ones((2, 1)), -edges, heights, [0.0]), strict=True):
        parameter.data = value
    assert integrated_gradients(model, np.ones((1, 1), np.float32)).item() == pytest.approx(0.7, abs=2e-3)


def test_a_jump_is_no_way_to_integrate(monkeypatch):
    monkeypatch.setattr("chainrule.analysis.saliency.gradients.MOST_STEPS", 64)

    class Jump(Tanh):
        def value(self, x):
            return np.sign(x - 0.5)

        def slope(self, x, y):
            return np.zeros_like(x)

    with pytest.raises(ValueRangeError, match="64 pieces"):
        integrated_gradients(Sequential(Jump(), Linear(1, 1)), np.ones((1, 1), np.float32))


def test_smooth_grad_is_the_gradient_of_a_linear_network_and_smoother_else(model, x):
    linear = Sequential(Linear(4, 3)).astype(np.float64)
    flat = np.random.default_rng(1).normal(size=(2, 4))
    assert np.allclose(smooth_grad(linear, flat, 1, samples=3), gradient(linear, flat, 1))
    first, second = (smooth_grad(model, x, 0, 5, rng=np.random.default_rng(seed)) for seed in (0, 0))
    assert np.array_equal(first, second) and not np.allclose(first, gradient(model, x, 0))


def test_what_can_not_be_explained(model, x):
    with pytest.raises(ValueRangeError, match="classes from 0 to 4"):
        gradient(model, x, 5)
    with pytest.raises(ShapeError, match="one for each of 3 samples"):
        gradient(model, x, np.array([1, 2]))
    with pytest.raises(DtypeError, match="floating-point"):
        gradient(model, x.astype(int), 0)
    with pytest.raises(ShapeError, match=r"\(N, C\)"):
        gradient(model[:4], x, 0)
