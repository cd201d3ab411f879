"""Penalties: values and gradients against finite differences, frozen parameters, weight decay."""

import numpy as np
import pytest

from chainrule.layers import Linear
from chainrule.layers.core import Parameter, ValueRangeError
from chainrule.losses import L1Penalty, L2Penalty, Penalty, weights_of


def parameters():
    rng = np.random.default_rng(0)
    return [Parameter(rng.standard_normal(shape), dtype=np.float64) for shape in ((3, 2), (4,), ())]


@pytest.mark.parametrize("kind", [L1Penalty, L2Penalty])
def test_gradient_against_central_differences(kind):
    parts = parameters()
    penalty = kind(iter(parts), 0.3)
    penalty.backward(grad_out=-2.0)
    for part in parts:
        for index in np.ndindex(part.shape):
            here, step = float(part.data[index]), 1e-6
            sides = []
            for sign in (1, -1):
                part.data[index] = here + sign * step
                sides.append(penalty.forward())
            part.data[index] = here
            assert float(part.grad[index]) == pytest.approx(-2.0 * (sides[0] - sides[1]) / (2 * step), rel=1e-8)


def test_values():
    w = Parameter([[1.0, -2.0], [3.0, 0.0]])
    assert L1Penalty([w], 0.5)() == 3
    assert L2Penalty([w], 0.5)() == 3.5


@pytest.mark.parametrize("kind", [L1Penalty, L2Penalty])
def test_gradients_add_up_and_reach_the_parameter(kind):
    w = Parameter([2.0, -1.0])
    penalty = kind([w], 1.0)
    assert not w.reached
    penalty.backward()
    once = w.grad.copy()
    penalty.backward()
    np.testing.assert_array_equal(w.grad, 2 * once)
    assert w.reached


def test_frozen_parameters_count_but_get_no_gradient():
    w = Parameter([2.0], requires_grad=False)
    penalty = L2Penalty([w], 1.0)
    penalty.backward()
    assert penalty.forward() == 2
    assert not w.reached
    assert w.grad.tolist() == [0]


def test_every_row_has_a_gradient_afterwards():
    w = Parameter(np.ones((3, 2)))
    w.rows = np.array([1])
    L2Penalty([w], 1.0).backward()
    w.zero_grad()
    assert not w.grad.any()


def test_weights_of_leaves_biases_out():
    model = Linear(3, 2)
    assert list(weights_of(model)) == [model.weight]


def test_wrong_arguments():
    with pytest.raises(ValueRangeError, match=r"L1Penalty expected weight in \[0, inf\], got -1"):
        L1Penalty(parameters(), -1)
    with pytest.raises(ValueRangeError, match=r"L2Penalty got no parameters; weights_of\(model\)"):
        L2Penalty([], 1.0)
    for method in ("value", "slope"):
        with pytest.raises(NotImplementedError, match=f"Penalty.{method}"):
            getattr(Penalty(parameters(), 1.0), method)(np.zeros(2))
