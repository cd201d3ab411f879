"""What all losses of single elements share: shapes, dtypes, weights, and the parity of the family with PyTorch."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes

from chainrule.layers.core import DtypeError, ShapeError
from chainrule.losses import BCEWithLogitsLoss, ElementwiseLoss, L1Loss, MSELoss

FAMILY = (MSELoss, L1Loss, BCEWithLogitsLoss)
SHAPES = array_shapes(min_dims=0, max_dims=4, min_side=1, max_side=5)
REDUCTIONS = st.sampled_from(["mean", "sum", "none"])


def draw(shape, seed, kind):
    rng = np.random.default_rng(seed)
    target = rng.random(shape) if kind is BCEWithLogitsLoss else rng.standard_normal(shape)
    return np.array(3 * rng.standard_normal(shape)), np.array(target)


@given(st.sampled_from(FAMILY), SHAPES, REDUCTIONS, st.integers(0, 99))
@settings(max_examples=60, deadline=None)
def test_family_has_the_numbers_of_torch(numbers_of_torch, kind, shape, reduction, seed):
    torch = pytest.importorskip("torch")
    theirs = getattr(torch.nn, kind.__name__)(reduction=reduction)
    numbers_of_torch(kind(reduction=reduction), theirs, *draw(shape, seed, kind), seed)


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.parametrize("kind", FAMILY)
def test_hvp_is_the_derivative_of_backward(hvp_is_derivative, kind, reduction):
    hvp_is_derivative(kind(reduction=reduction), *draw((3, 5, 2), 0, kind))


@pytest.mark.parametrize("kind", FAMILY)
def test_gradient_has_the_dtype_of_the_prediction(kind):
    prediction, target = draw((4, 3), 0, kind)
    loss = kind()
    assert isinstance(loss.forward(prediction.astype(np.float32), target), float)
    assert loss.backward().dtype == np.float32
    assert loss.hvp(prediction).dtype == np.float32
    each = kind(reduction="none")
    assert each.forward(prediction.astype(np.float32), target).dtype == np.float32
    assert each.backward(np.ones((4, 3))).dtype == np.float32


@pytest.mark.parametrize("kind", FAMILY)
def test_arguments_may_be_strided(numbers_of_torch, kind):
    torch = pytest.importorskip("torch")
    prediction, target = draw((5, 4, 3), 0, kind)
    numbers_of_torch(kind(), getattr(torch.nn, kind.__name__)(), prediction.T[::2], target.T[::2])


def test_nothing_is_broadcast():
    with pytest.raises(ShapeError, match=r"MSELoss\(\) expected target of shape \(4, 1\), got \(4,\); reshape one"):
        MSELoss().forward(np.zeros((4, 1)), np.zeros(4))


def test_integers_are_refused():
    with pytest.raises(DtypeError, match="expected target of a floating-point dtype, got int64"):
        BCEWithLogitsLoss().forward(np.zeros(3), np.array([0, 1, 1]))
    with pytest.raises(DtypeError, match="expected prediction as a NumPy array, got list"):
        MSELoss().forward([0.0], np.zeros(1))


def test_a_tangent_of_another_shape_is_refused():
    loss = MSELoss()
    loss.forward(np.zeros(3), np.ones(3))
    with pytest.raises(ShapeError, match="prediction_dot"):
        loss.hvp(np.zeros(4))


def test_what_a_subclass_must_write():
    class Half(ElementwiseLoss):
        pass

    for method in ("value", "slope", "curvature"):
        with pytest.raises(NotImplementedError, match=f"Half.{method}"):
            getattr(Half(), method)(np.zeros(2), np.zeros(2))
