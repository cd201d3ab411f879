"""Reductions, upstream gradients and the order of calls: what every loss inherits."""

import math

import numpy as np
import pytest

from chainrule.layers.core import ShapeError, StateError, UnknownNameError
from chainrule.losses import CrossEntropyLoss, L1Loss, Loss, MSELoss

X, Y = np.array([[1.0, -2.0, 0.5], [3.0, 0.0, 4.0]]), np.array([[0.0, 1.0, 0.25], [3.0, -1.0, 0.0]])


def test_reductions_of_the_same_terms():
    each, total, mean = (MSELoss(reduction).forward(X, Y) for reduction in ("none", "sum", "mean"))
    assert each.shape == X.shape
    assert total == pytest.approx(sum(each.ravel().tolist()), abs=1e-12)
    assert mean == pytest.approx(total / 6, abs=1e-12)


@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_backward_is_linear_in_the_upstream(reduction):
    loss = MSELoss(reduction)
    loss.forward(X, Y)
    np.testing.assert_allclose(loss.backward(-2.5), -2.5 * loss.backward(), rtol=1e-15)
    np.testing.assert_array_equal(loss.backward(np.float32(2)), loss.backward(2.0))


def test_calling_is_forward():
    assert MSELoss()(X, Y) == MSELoss().forward(X, Y)


def test_unknown_reduction_names_the_nearest():
    with pytest.raises(UnknownNameError, match=r"reduction of MSELoss 'maen'.*did you mean 'mean'"):
        MSELoss("maen")


def test_backward_before_forward():
    with pytest.raises(StateError, match="expected forward before backward"):
        MSELoss().backward()
    with pytest.raises(StateError):
        CrossEntropyLoss().hvp(X)


@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_one_number_takes_no_array_upstream(reduction):
    loss = MSELoss(reduction)
    loss.forward(X, Y)
    with pytest.raises(ShapeError, match="expected grad_out as one number, got shape"):
        loss.backward(np.ones_like(X))


def test_terms_take_an_array_upstream_of_their_shape():
    loss = CrossEntropyLoss(reduction="none")
    loss.forward(X, np.array([0, 2]))
    with pytest.raises(ShapeError, match=r"expected grad_out of shape \(2,\), got \(2, 3\)"):
        loss.backward(np.ones_like(X))
    with pytest.raises(Exception, match="grad_out"):
        loss.backward()


def test_the_terms_of_one_unbatched_item_are_one_number():
    loss = CrossEntropyLoss(reduction="none")
    assert loss.forward(X[0], 1).shape == ()
    np.testing.assert_array_equal(loss.backward(), loss.backward(np.ones(())))


def test_no_gradient_where_none_is_needed():
    loss = L1Loss()
    loss.forward(X, Y)
    loss.needs_input_grad = False
    assert loss.backward() is None


def test_the_mean_of_nothing_is_nan_and_its_gradient_zero():
    loss = CrossEntropyLoss(ignore_index=7)
    assert math.isnan(loss.forward(X, np.array([7, 7])))
    np.testing.assert_array_equal(loss.backward(), np.zeros_like(X))
    np.testing.assert_array_equal(loss.hvp(X), np.zeros_like(X))
    empty = MSELoss()
    assert math.isnan(empty.forward(X[:0], Y[:0]))
    assert empty.backward().shape == (0, 3)


def test_returned_terms_belong_to_the_caller():
    loss = MSELoss("none")
    terms = loss.forward(X, Y)
    grad = loss.backward(np.ones_like(X))
    terms[...] = np.nan
    np.testing.assert_array_equal(loss.backward(np.ones_like(X)), grad)


def test_repr_shows_the_options():
    assert repr(MSELoss("sum")) == "MSELoss(reduction='sum')"
    assert repr(CrossEntropyLoss(label_smoothing=0.1)) == "CrossEntropyLoss(label_smoothing=0.1)"


def test_what_a_subclass_must_write():
    for method, arguments in (("terms", 2), ("terms_backward", 2), ("terms_hvp", 3)):
        with pytest.raises(NotImplementedError, match=f"Loss.{method}"):
            getattr(Loss(), method)(*[None] * arguments)
