"""Initial values: moments, bounds and structure against PyTorch and the papers' formulas."""

import numpy as np
import pytest

from chainrule.layers import init
from chainrule.layers.core import Parameter, ShapeError, UnknownNameError, ValueRangeError

SHAPE = (60, 40, 5)


def drawn(name, *arguments, shape=SHAPE, **options):
    parameter = Parameter(np.zeros(shape), dtype=np.float64)
    assert getattr(init, name)(parameter, *arguments, rng=np.random.default_rng(0), **options) is parameter
    return parameter.data


@pytest.mark.parametrize(("name", "arguments"), [
    ("xavier_uniform_", {}), ("xavier_normal_", {"gain": 2.0}), ("kaiming_uniform_", {"a": 0.3}),
    ("kaiming_normal_", {"mode": "fan_out", "nonlinearity": "relu"}), ("kaiming_uniform_", {"nonlinearity": "tanh"}),
    ("uniform_", {"a": -2, "b": 3}), ("normal_", {"mean": 1, "std": 2}),
    ("trunc_normal_", {"mean": 0.2, "std": 1.0, "a": -1.0, "b": 0.5}),
])
def test_moments_and_bounds_are_those_of_torch(name, arguments):
    torch = pytest.importorskip("torch")
    torch.manual_seed(0)
    ours = drawn(name, **arguments)
    theirs = getattr(torch.nn.init, name)(torch.empty(SHAPE, dtype=torch.float64), **arguments).numpy()
    spread = theirs.std()
    assert abs(ours.mean() - theirs.mean()) < 0.05 * spread and abs(ours.std() - spread) < 0.05 * spread
    if "normal" not in name or name == "trunc_normal_":
        assert abs(ours.max() - theirs.max()) < 0.02 * spread and abs(ours.min() - theirs.min()) < 0.02 * spread


@pytest.mark.parametrize("name", ["lecun_uniform_", "lecun_normal_"])
def test_lecun_has_variance_one_over_fan_in(name):
    assert abs(drawn(name).var() * 200 - 1) < 0.05


@pytest.mark.parametrize(("nonlinearity", "param"), [
    ("linear", None), ("conv2d", None), ("sigmoid", None), ("tanh", None), ("relu", None), ("leaky_relu", None),
    ("leaky_relu", 0.3), ("selu", None)])
def test_gains_are_those_of_torch(nonlinearity, param):
    torch = pytest.importorskip("torch")
    assert init.calculate_gain(nonlinearity, param) == pytest.approx(torch.nn.init.calculate_gain(nonlinearity, param))


@pytest.mark.parametrize("shape", [(6, 9), (9, 6), (4, 3, 5)])
def test_orthogonal_rows_or_columns(shape):
    matrix = drawn("orthogonal_", 3.0, shape=shape).reshape(shape[0], -1)
    gram = matrix @ matrix.T if matrix.shape[0] <= matrix.shape[1] else matrix.T @ matrix
    np.testing.assert_allclose(gram, 9 * np.eye(len(gram)), atol=1e-12)


@pytest.mark.parametrize(("shape", "groups"), [((4, 3, 5), 1), ((6, 2, 3, 2), 3), ((2, 4, 3, 3, 3), 1)])
def test_dirac_agrees_with_torch(shape, groups):
    torch = pytest.importorskip("torch")
    ours = init.dirac_(Parameter(np.ones(shape)), groups)
    np.testing.assert_array_equal(ours.data, torch.nn.init.dirac_(torch.empty(shape), groups))


def test_constants_and_the_identity():
    assert (init.constant_(Parameter(np.zeros((2, 3))), 7).data == 7).all()
    assert (init.ones_(Parameter(np.zeros(3))).data == 1).all() and (init.zeros_(Parameter(np.ones(3))).data == 0).all()
    np.testing.assert_array_equal(init.eye_(Parameter(np.ones((2, 3)))).data, np.eye(2, 3))


def test_sparse_columns_have_their_zeros():
    values = drawn("sparse_", 0.3, shape=(10, 50))
    assert ((values == 0).sum(axis=0) == 3).all() and abs(values[values != 0].std() - 0.01) < 0.001


@pytest.mark.parametrize(("call", "error", "shown"), [
    (lambda p: init.eye_(p), ShapeError, "eye_ expected a parameter with 2 axes, got"),
    (lambda p: init.xavier_normal_(Parameter(np.zeros(3))), ShapeError, "expected a parameter with at least 2 axes"),
    (lambda p: init.dirac_(p, 7), ValueRangeError, "dirac_ expected groups that divides 60, got 7"),
    (lambda p: init.kaiming_normal_(p, mode="fan"), UnknownNameError, "did you mean 'fan_in'"),
    (lambda p: init.calculate_gain("rely"), UnknownNameError, "did you mean 'relu'"),
    (lambda p: init.trunc_normal_(p, 0, 1, 9, 10), ValueRangeError, "within reach of mean 0 and std 1"),
])
def test_impossible_wishes_are_refused(call, error, shown):
    with pytest.raises(error, match=shown):
        call(Parameter(np.zeros(SHAPE)))
