"""R²: scikit-learn's numbers, for targets far from zero and for constant ones."""

import numpy as np
import pytest

from chainrule.layers.core import ShapeError
from chainrule.training import r2


@pytest.mark.parametrize("shape", [(19,), (19, 3)])
def test_numbers_of_scikit_learn_also_far_from_zero_and_in_parts(shape):
    judge = pytest.importorskip("sklearn.metrics")
    rng = np.random.default_rng(0)
    target = 1e8 + rng.normal(size=shape)
    prediction = target + 0.3 * rng.normal(size=shape)
    parts = r2.statistics(prediction[:5], target[:5]) + r2.statistics(prediction[5:], target[5:])
    assert r2.value(parts) == pytest.approx(judge.r2_score(target, prediction), rel=1e-9)
    assert r2(prediction, target) == pytest.approx(judge.r2_score(target, prediction), rel=1e-9)


def test_the_mean_explains_nothing_and_a_constant_everything_or_nothing():
    target = np.array([1.0, 2.0, 6.0])
    assert r2(np.full(3, 3.0), target) == pytest.approx(0)
    assert r2(np.ones(4), np.ones(4)) == 1
    assert r2(np.zeros(4), np.ones(4)) == 0
    assert np.isnan(r2(np.ones((0, 2)), np.ones((0, 2))))


def test_shapes_must_agree():
    with pytest.raises(ShapeError, match=r"R2 expected target of the shape of prediction, \(4, 1\), got \(4,\)"):
        r2(np.zeros((4, 1)), np.zeros(4))
