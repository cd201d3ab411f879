"""Gates against SciPy in double precision, far out too, and against their own derivative."""

import numpy as np
import pytest
import scipy

from chainrule.layers.kernels import self_gated, self_gated_back, self_gating, sigmoid

GATES = {
    "logistic": scipy.special.expit,
    "normal": scipy.special.ndtr,
    "tanh": lambda x: scipy.special.expit(2 * np.sqrt(2 / np.pi) * x * (1 + 0.044715 * x * x)),
    "softplus": lambda x: np.tanh(np.logaddexp(0, x)),
}
EPS = float(np.finfo(np.float32).eps)


@pytest.mark.parametrize("gate", GATES)
def test_single_precision_keeps_its_digits_far_below_zero(gate):
    x = np.concatenate([np.linspace(-12, 12, 40001), [0.0, 1e-20, -1e-20]]).astype(np.float32)
    exact = x.astype(float)
    wanted = exact * GATES[gate](exact)
    seen = np.abs(wanted) > 1e-36           # what is left of the rest is no normal number
    roundings = {"normal": 1 + exact**2 / 2, "tanh": 1 + np.abs(exact)**3 / 6}.get(gate, 1 + np.abs(exact) / 4)
    error = np.abs(self_gated(x, gate) - wanted)
    assert (error[seen] <= (8 * EPS * roundings * np.abs(wanted))[seen]).all()
    assert (error[~seen] <= 1e-36).all()


@pytest.mark.parametrize("gate", GATES)
@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float32, 2e-6), (np.float64, 1e-9)])
def test_the_way_back_is_the_derivative(gate, dtype, tolerance):
    rng = np.random.default_rng(0)
    x, v, step = rng.normal(size=9001) * 3, rng.normal(size=9001), 1e-5
    slope = ((x + step) * GATES[gate](x + step) - (x - step) * GATES[gate](x - step)) / (2 * step)
    received = self_gated_back(v.astype(dtype), x.astype(dtype), gate)
    assert received.dtype == dtype
    np.testing.assert_allclose(received, v * slope, rtol=tolerance, atol=4 * tolerance)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_sigmoid_and_its_ends(dtype):
    x = np.array([-np.inf, -1e30, -80, -1, 0, 1, 80, 1e30, np.inf, np.nan], dtype)
    np.testing.assert_allclose(sigmoid(x), scipy.special.expit(x.astype(float)), rtol=40 * np.finfo(dtype).eps,
                               atol=1e-44)
    wide, y = np.zeros((10, 2), dtype), x.copy()
    for out in (y, wide[:, 1]):                             # also in place, and where memory is not contiguous
        assert sigmoid(y, out=out) is out
        np.testing.assert_array_equal(out, sigmoid(x if out is y else y))


@pytest.mark.parametrize("gate", GATES)
def test_parts_change_nothing(gate, monkeypatch):
    x, v = np.random.default_rng(0).normal(size=(2, 7, 5))
    whole = self_gated.definition(x, gate), self_gated_back.definition(v, x, gate)
    monkeypatch.setattr(self_gating, "_ROOM", 3)
    assert np.array_equal(self_gated.definition(x, gate), whole[0])
    assert np.array_equal(self_gated_back.definition(v, x, gate), whole[1])
    assert np.array_equal(self_gated.definition(x.T, gate), whole[0].T)
