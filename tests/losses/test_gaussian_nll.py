"""GaussianNLLLoss against PyTorch and SciPy, and for variances of all shapes."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from chainrule.layers.core import ShapeError, ValueRangeError
from chainrule.losses import GaussianNLLLoss
from chainrule.testing import check_loss

from .joint_loss import numbers_of_torch


@settings(max_examples=80, deadline=None, derandomize=True)
@given(full=st.booleans(), eps=st.sampled_from([1e-6, 0.5]), reduction=st.sampled_from(["mean", "sum", "none"]),
       shape=st.lists(st.integers(1, 5), max_size=3), var=st.sampled_from(["same", "without the last", "one axis"]),
       target=st.sampled_from(["same", "one axis"]), data=st.data())
def test_numbers_of_torch(full, eps, reduction, shape, var, target, data):
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(data.draw(st.integers(0, 99)))

    def shaped(kind):
        if kind == "same" or not shape:
            return shape
        axis = data.draw(st.integers(0, len(shape) - 1))
        return shape[:-1] if kind == "without the last" else [*shape[:axis], 1, *shape[axis + 1:]]
    mean, wanted = np.asarray(rng.normal(size=shape)), np.asarray(rng.normal(size=shaped(target)))
    numbers_of_torch(GaussianNLLLoss(full=full, eps=eps, reduction=reduction),
                     torch.nn.GaussianNLLLoss(full=full, eps=eps, reduction=reduction),
                     (mean, np.asarray(rng.uniform(0, 2, shaped(var)))), lambda mean, var: (mean, wanted, var))


@pytest.mark.parametrize("var_shape", [(7, 5), (7, 1), (1, 5), (7,)])
def test_contract(var_shape):
    var = np.random.default_rng(0).uniform(0.3, 2, var_shape)
    assert check_loss(GaussianNLLLoss(full=True), ((7, 5), var), (7, 5), batch_axis=None).problems == []


def test_it_is_the_likelihood():
    mean, target = np.random.default_rng(0).normal(size=(2, 4))
    loss = GaussianNLLLoss(full=True, reduction="none").forward(mean, target, np.full(4, 2.25))
    np.testing.assert_allclose(loss, -norm.logpdf(target, mean, 1.5), rtol=1e-12)


def test_one_number_for_all():
    torch = pytest.importorskip("torch")
    loss, (mean, target) = GaussianNLLLoss(), np.random.default_rng(0).normal(size=(2, 4, 3))
    expected = torch.nn.functional.gaussian_nll_loss(torch.tensor(mean), torch.tensor(target), 0.7).item()
    assert loss.forward(mean, target, 0.7) == pytest.approx(expected, rel=1e-12)
    grad_input, grad_var = loss.backward()
    loss.forward(mean, target, np.full((4, 3), 0.7))
    np.testing.assert_allclose(grad_input, loss.backward()[0], rtol=1e-12)
    assert grad_var == pytest.approx(loss.backward()[1].sum(), rel=1e-12)
    assert loss.forward((mean, 0.7), target) == pytest.approx(expected, rel=1e-12)


def test_the_mean_of_the_squared_error_is_the_best_variance():
    loss, error = GaussianNLLLoss(), np.random.default_rng(0).normal(size=9)
    loss.forward(error, np.zeros(9), np.array((error**2).mean()))
    assert loss.backward()[1] == pytest.approx(0, abs=1e-14)


@pytest.mark.parametrize(("mean", "target", "var", "error", "shown"), [
    ((3, 4), (3, 4), (4,), ShapeError, r"expected var of the shape of input, \(3, 4\), or with axes of size 1 in it, "
                                       r"got \(4,\)"),
    ((3, 4), (4,), (3, 4), ShapeError, r"expected target of the shape of input, \(3, 4\), .* got \(4,\)"),
    ((3, 1), (3, 4), (3, 1), ShapeError, r"expected target of the shape of input, \(3, 1\), .* got \(3, 4\)"),
])
def test_what_would_be_stretched_wrongly_is_refused(mean, target, var, error, shown):
    with pytest.raises(error, match=shown):
        GaussianNLLLoss().forward(np.zeros(mean), np.zeros(target), np.ones(var))


def test_impossible_numbers_are_refused():
    with pytest.raises(ValueRangeError, match=r"expected var without negative entries, got -0.5; put Softplus\(\)"):
        GaussianNLLLoss().forward(np.zeros(2), np.zeros(2), np.array([1.0, -0.5]))
    with pytest.raises(ValueRangeError, match=r"expected eps in \(0, inf\]"):
        GaussianNLLLoss(eps=0.0)
    assert math.isfinite(GaussianNLLLoss().forward(np.zeros(2), np.zeros(2), np.zeros(2)))
