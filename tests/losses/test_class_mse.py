"""ClassMSELoss is MSELoss on values made by hand; its targets lie where the scaled tanh bends most."""

import numpy as np
import pytest

from chainrule.layers import LeCunTanh
from chainrule.layers.core import DtypeError, ShapeError, ValueRangeError
from chainrule.losses import ClassMSELoss, MSELoss


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
def test_it_is_the_squared_distance_from_values_by_hand(reduction):
    rng = np.random.default_rng(0)
    prediction, target = rng.normal(size=(5, 3)), np.array([2, 0, 0, 1, 2])
    values = np.array([[0.1, 0.1, 0.9], [0.9, 0.1, 0.1], [0.9, 0.1, 0.1], [0.1, 0.9, 0.1], [0.1, 0.1, 0.9]])
    ours, other = ClassMSELoss(0.9, 0.1, reduction), MSELoss(reduction)
    np.testing.assert_array_equal(ours.forward(prediction, target), other.forward(prediction, values))
    upstream = rng.normal(size=(5, 3)) if reduction == "none" else 1.7
    np.testing.assert_array_equal(ours.backward(upstream), other.backward(upstream))
    np.testing.assert_array_equal(ours.hvp(prediction), other.hvp(prediction))


def test_default_values_lie_where_the_second_derivative_of_the_scaled_tanh_is_largest():
    unit, loss = LeCunTanh(), ClassMSELoss()
    x = np.linspace(-4, 4, 8001)
    y = unit.forward(x)
    assert unit.forward(np.array([1.0])).item() == pytest.approx(1, abs=1e-4)
    bend = np.abs(unit.curvature(x, y))
    assert abs(x[bend.argmax()]) == pytest.approx(loss.high, abs=0.02) and loss.low == -loss.high


def test_what_is_no_class():
    loss = ClassMSELoss()
    with pytest.raises(DtypeError, match="expected target as integers"):
        loss.forward(np.ones((2, 3)), np.ones(2))
    with pytest.raises(ShapeError, match=r"target of shape \(2,\)"):
        loss.forward(np.ones((2, 3)), np.array([1, 2, 0]))
    with pytest.raises(ValueRangeError, match=r"classes from 0 to 2 in target, .*got -1 at"):
        loss.forward(np.ones((2, 3)), np.array([1, -1]))
    with pytest.raises(ValueRangeError, match="low below high"):
        ClassMSELoss(0.0, 0.0)
