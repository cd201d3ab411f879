"""The landscape of a step: one function however often it is asked, whatever in the network is random."""

import numpy as np
import pytest

import chainrule
from chainrule.backprop.second_order.landscape import Landscape
from chainrule.layers import BatchNorm1d, Dropout, Linear
from chainrule.layers.core import NonFiniteError
from chainrule.losses import MSELoss
from chainrule.models import Sequential
from chainrule.optim.vector import value_vector
from chainrule.training import Objective

rng = np.random.default_rng(0)
x, y = rng.normal(size=(9, 3)), rng.normal(size=(9, 2))


def landscape_of(model, loss=None):
    parameters = list(model.parameters())
    return Landscape(Objective(model, loss or MSELoss(), x, y), parameters), value_vector(parameters)


def test_dropout_and_batch_norm_do_the_same_every_time():
    chainrule.manual_seed(0)
    landscape, w = landscape_of(Sequential(Linear(3, 8), BatchNorm1d(8), Dropout(0.5), Linear(8, 2)).astype(np.float64))
    value, grad = landscape.gradient(w)
    norm = landscape.objective.model[1]
    mean = norm.running_mean.data.copy()
    assert landscape.value(w) == value
    direction = np.random.default_rng(1).normal(size=w.size)
    slope = (landscape.value(w + 1e-6 * direction) - landscape.value(w - 1e-6 * direction)) / 2e-6
    assert np.isclose(slope, grad @ direction, rtol=1e-6)
    bent = (landscape.gradient(w + 1e-6 * direction)[1] - landscape.gradient(w - 1e-6 * direction)[1]) / 2e-6
    np.testing.assert_allclose(landscape.hessian(w) @ direction, bent, atol=1e-6)
    np.testing.assert_array_equal(norm.running_mean.data, mean)


def test_gauss_newton_is_the_hessian_where_the_errors_are_zero():
    model = Sequential(Linear(3, 4), chainrule.layers.Tanh(), Linear(4, 2)).astype(np.float64)
    parameters = list(model.parameters())
    landscape, w = Landscape(Objective(model, MSELoss(), x, model.forward(x)), parameters), value_vector(parameters)
    size = np.eye(w.size)
    np.testing.assert_allclose(landscape.gauss_newton(w) @ size, landscape.hessian(w) @ size, atol=1e-12)


def test_random_gradients_have_the_gauss_newton_matrix_for_their_mean():
    landscape, w = landscape_of(Sequential(Linear(3, 2)).astype(np.float64))
    drawn = np.stack([landscape.random_gradient(w) for _ in range(1500)])
    np.testing.assert_allclose(drawn.T @ drawn / 1500, landscape.gauss_newton(w) @ np.eye(w.size), atol=0.2)


def test_a_part_is_some_samples_and_no_more_than_there_are():
    landscape, _ = landscape_of(Sequential(Linear(3, 2)).astype(np.float64))
    part = landscape.part(3.2)
    assert part.objective.x.shape == (4, 3)
    assert all(any((row == whole).all() for whole in x) for row in part.objective.x)
    assert landscape.part(9) is landscape


def test_what_is_not_finite_is_infinitely_high_and_has_no_gradient():
    landscape, w = landscape_of(Linear(3, 2))
    far = np.full_like(w, 3e38)
    assert landscape.value(far) == np.inf
    with pytest.raises(NonFiniteError, match="not finite"), np.errstate(all="ignore"):
        landscape.gradient(far)
