"""Decorrelate: the covariance becomes the identity, samples change as little as may be, everything can be undone."""

import numpy as np
import pytest
import scipy

from chainrule.data import Decorrelate, Preparation, digits
from chainrule.layers.core import NonFiniteError, ShapeError, StateError


def samples(n=400):
    rng = np.random.default_rng(0)
    return 3 + rng.normal(size=(n, 5)) @ rng.normal(size=(5, 5))


def test_the_matrix_is_the_inverse_root_of_the_covariance():
    x = samples()
    fitted = Decorrelate(floor=1e-12).fit(x)
    np.testing.assert_allclose(fitted.matrix, np.linalg.inv(scipy.linalg.sqrtm(np.cov(x.T, bias=True))), rtol=1e-8)
    y = fitted.transform(x)
    np.testing.assert_allclose(np.cov(y.T, bias=True), np.eye(5), atol=1e-8)
    np.testing.assert_allclose(fitted.inverse_transform(y), x, rtol=1e-10)


def test_the_floor_holds_back_what_hardly_varies():
    x = np.random.default_rng(1).normal(size=(500, 3)) * [1.0, 1.0, 1e-6]
    floored = Decorrelate(floor=0.1).fit(x).transform(x)
    assert floored[:, 2].std() < 1e-4 and np.abs(floored[:, :2].std(axis=0) - 1).max() < 0.1
    assert not Decorrelate().fit(np.ones((4, 2))).transform(np.ones((4, 2))).any()


def test_images_keep_their_shape_and_dtype_and_state_goes_round():
    x = digits().x
    fitted = Decorrelate().fit(x[:1000])
    again = Decorrelate().load_state_dict(fitted.state_dict())
    y = again.transform(x[1000:])
    assert y.shape == (797, 1, 8, 8) and y.dtype == np.float32
    np.testing.assert_array_equal(y, fitted.transform(x[1000:]))


def test_a_preparation_keeps_it(tmp_path):
    x = samples()
    made = Preparation().fit(x, standardize="decorrelate")
    made.save(tmp_path / "preparation.json")
    np.testing.assert_array_equal(Preparation.load(tmp_path / "preparation.json").apply(x), made.apply(x))


def test_wrong_arguments():
    with pytest.raises(StateError, match="call fit"):
        Decorrelate().transform(np.ones((2, 3)))
    with pytest.raises(ShapeError, match=r"\(5,\), as fitted, got \(4,\)"):
        Decorrelate().fit(samples()).transform(np.ones((2, 4)))
    with pytest.raises(NonFiniteError):
        Decorrelate().fit(np.array([[1.0, np.nan]]))
    with pytest.raises(ShapeError, match="a row and a column for each of 2 features"):
        Decorrelate().load_state_dict({"mean": np.zeros(2), "matrix": np.eye(3)})
