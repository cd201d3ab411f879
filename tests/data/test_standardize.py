"""Standardize: the numbers of scikit-learn, constant features, dtypes, refusals."""

import re

import numpy as np
import pytest

from chainrule.data import Standardize
from chainrule.layers.core import DtypeError, NonFiniteError, ShapeError, StateError


def test_the_numbers_are_those_of_scikit_learn():
    preprocessing = pytest.importorskip("sklearn.preprocessing")
    rng = np.random.default_rng(0)
    x_train, x_test = (rng.normal(5, [0.1, 3, 40], (n, 3)) for n in (31, 7))
    ours, theirs = Standardize().fit(x_train), preprocessing.StandardScaler().fit(x_train)
    np.testing.assert_allclose(ours.mean, theirs.mean_, rtol=1e-13)
    np.testing.assert_allclose(ours.scale, theirs.scale_, rtol=1e-13)
    np.testing.assert_allclose(ours.transform(x_test), theirs.transform(x_test), rtol=1e-11, atol=1e-12)


def test_each_position_of_an_image_is_a_feature():
    x = np.random.default_rng(1).normal(2, 3, (50, 2, 3, 5))
    scaler = Standardize().fit(x)
    assert scaler.mean.shape == scaler.scale.shape == (2, 3, 5)
    y = scaler.transform(x)
    np.testing.assert_allclose(y.mean(axis=0), 0, atol=1e-14)
    np.testing.assert_allclose(y.std(axis=0), 1, rtol=1e-13)


@pytest.mark.parametrize("value", [0.0, 0.1, 1e6 + 0.1, -3.0])
def test_constant_features_keep_scale_1(value):
    x = np.full((1001, 2), value)
    x[:, 1] = np.arange(1001)
    scaler = Standardize().fit(x)
    assert scaler.scale[0] == 1
    np.testing.assert_allclose(scaler.transform(x)[:, 0], 0, atol=1e-7)
    assert scaler.transform(np.full((1, 2), value + 2))[0, 0] == pytest.approx(2, abs=1e-7)


@pytest.mark.parametrize(("dtype", "answer"), [(np.float32, np.float32), (np.float64, np.float64),
                                               (np.uint8, np.float32), (np.int64, np.float32)])
def test_floating_dtypes_are_kept_and_integers_become_float32(dtype, answer):
    x = np.random.default_rng(2).integers(0, 200, (9, 4)).astype(dtype)
    scaler = Standardize().fit(x)
    assert scaler.transform(x).dtype == scaler.inverse_transform(x).dtype == answer


def test_float32_far_from_zero_loses_nothing_more():
    x = (1000 + np.random.default_rng(3).normal(0, 0.01, (5000, 1))).astype(np.float32)
    y, exact = Standardize().fit(x).transform(x), x.astype(np.float64)
    np.testing.assert_allclose(y, (exact - exact.mean()) / exact.std(), rtol=1e-6, atol=1e-6)


def test_inverse_transform_undoes_transform_and_nothing_is_mutated():
    x = np.random.default_rng(4).normal(-2, 5, (11, 3))
    before = x.copy()
    scaler = Standardize().fit(x)
    y = scaler.transform(x)
    np.testing.assert_allclose(scaler.inverse_transform(y), x, rtol=1e-13)
    np.testing.assert_array_equal(x, before)
    assert not np.shares_memory(x, y)


def test_held_out_data_are_scaled_by_the_training_data():
    scaler = Standardize().fit(np.array([[0.0], [2.0]]))
    np.testing.assert_array_equal(scaler.transform(np.array([[5.0], [7.0]])), [[4.0], [6.0]])


@pytest.mark.parametrize("method", ["transform", "inverse_transform"])
def test_refusals(method):
    call = getattr(Standardize(), method)
    with pytest.raises(StateError, match=re.escape("knows no mean and scale yet; call fit(x_train) first")):
        call(np.zeros((2, 3)))
    call = getattr(Standardize().fit(np.eye(3)), method)
    with pytest.raises(ShapeError, match=re.escape("expected samples of shape (3,), as fitted, got (4,) in an array of "
                                                   "shape (2, 4)")):
        call(np.zeros((2, 4)))
    with pytest.raises(DtypeError, match="Standardize expected x as a NumPy array, got list"):
        call([[1.0, 2.0, 3.0]])


def test_fit_refuses_what_has_no_mean():
    with pytest.raises(NonFiniteError, match=re.escape("the first x[1, 0] = nan")):
        Standardize().fit(np.array([[1.0], [np.nan]]))
    with pytest.raises(ShapeError, match="Standardize expected at least one sample"):
        Standardize().fit(np.zeros((0, 3)))


def test_what_was_learned_moves_to_another():
    x = np.random.default_rng(0).random((6, 2, 3))
    for per_channel in (False, True):
        fitted = Standardize(per_channel).fit(x)
        np.testing.assert_array_equal(Standardize().load_state_dict(fitted.state_dict()).transform(x),
                                      fitted.transform(x))
    with pytest.raises(StateError):
        Standardize().state_dict()
    with pytest.raises(ShapeError, match="a scale above 0"):
        Standardize().load_state_dict({"mean": np.zeros(2), "scale": np.zeros(2), "per_channel": np.zeros(())})


def test_channels_are_scaled_as_one():
    x = np.random.default_rng(0).random((6, 2, 3, 4))
    y = Standardize(per_channel=True).fit(x).transform(x)
    for channel in range(2):
        part = x[:, channel]
        np.testing.assert_allclose(y[:, channel], (part - part.mean()) / part.std())
    assert Standardize(per_channel=True).fit(x).transform(x[:1, :, :2]).shape == (1, 2, 2, 4)
    with pytest.raises(ShapeError, match=r"shape \(N, C, ...\) for per_channel, got \(6, 2\)"):
        Standardize(per_channel=True).fit(x[:, :, 0, 0])
