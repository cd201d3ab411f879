"""Missing numbers filled in."""

import numpy as np
import pytest

from chainrule.data import Impute
from chainrule.layers.core import NonFiniteError, ShapeError, StateError

X = np.array([[1, np.nan, 7], [3, 5, np.nan], [np.nan, 8, 7]], np.float32)


def test_means_are_those_of_scikit_learn():
    simple = pytest.importorskip("sklearn.impute").SimpleImputer()
    other = np.array([[np.nan, np.nan, np.nan], [1, 2, 3]], np.float32)
    np.testing.assert_allclose(Impute().fit(X).transform(other), simple.fit(X).transform(other), rtol=1e-6)
    assert Impute().fit(X).transform(other).dtype == np.float32


def test_what_was_learned_moves_to_another():
    other = Impute().load_state_dict(Impute().fit(X).state_dict())
    np.testing.assert_array_equal(other.transform(X), Impute().fit(X).transform(X))


def test_wrong_moments_and_shapes():
    with pytest.raises(StateError):
        Impute().transform(X)
    with pytest.raises(StateError):
        Impute().state_dict()
    with pytest.raises(ShapeError, match=r"shape \(3,\), as fitted, got \(2,\)"):
        Impute().fit(X).transform(X[:, :2])
    with pytest.raises(NonFiniteError, match="none in x\\[:, 1\\]"):
        Impute().fit(X[:1])
