"""Mixed samples and their targets."""

import numpy as np
import pytest

from chainrule.data import CutMix, MixUp
from chainrule.layers.core import ShapeError, ValueRangeError
from chainrule.losses import CrossEntropyLoss
from chainrule.training import accuracy

X = np.random.default_rng(0).random((7, 2, 12, 10))
Y = np.arange(7) % 3


@pytest.mark.parametrize("seed", range(5))
def test_samples_and_targets_are_mixed_in_one_proportion(seed):
    x, y = MixUp(alpha=0.7, num_classes=3)(X, Y, np.random.default_rng(seed))
    before = np.roll(X, 1, axis=0)
    share = np.median((x - before) / (X - before))
    np.testing.assert_allclose(x, share * X + (1 - share) * before)
    hot = np.eye(3)
    np.testing.assert_allclose(y, share * hot[Y] + (1 - share) * hot[np.roll(Y, 1)], atol=1e-6)
    assert 0 <= share <= 1


@pytest.mark.parametrize("seed", range(5))
def test_a_rectangle_is_pasted_and_its_area_is_the_share(seed):
    x, y = CutMix(num_classes=3)(X, Y, np.random.default_rng(seed))
    pasted = x == np.roll(X, 1, axis=0)
    assert (pasted | (x == X)).all()
    assert (pasted == pasted[:1, :1]).all()
    inside = pasted[0, 0]
    assert inside.sum() == inside.any(axis=0).sum() * inside.any(axis=1).sum()
    hot = np.eye(3)
    np.testing.assert_allclose(y, (1 - inside.mean()) * hot[Y] + inside.mean() * hot[np.roll(Y, 1)], atol=1e-6)


def test_shares_are_from_the_beta_distribution():
    rng = np.random.default_rng(0)
    x = np.array([[0.0], [1.0]])
    shares = np.array([MixUp(alpha=0.4)(x, x, rng)[0][1, 0] for _ in range(3000)])
    assert abs(shares.mean() - 0.5) < 0.02
    assert abs(shares.var() - 1 / (4 * (2 * 0.4 + 1))) < 0.01


def test_numbers_are_mixed_as_they_are():
    x, y = MixUp()(X, X[:, :1, 0, 0], np.random.default_rng(0))
    np.testing.assert_allclose(x[:, :1, 0, 0], y)


def test_loss_and_metric_take_the_shares():
    _, y = MixUp(num_classes=3)(X, Y, np.random.default_rng(0))
    scores = np.random.default_rng(1).random((7, 3))
    assert CrossEntropyLoss().forward(scores, y) > 0 and 0 <= accuracy(scores, y) <= 1


def test_what_can_not_be_mixed_is_said():
    with pytest.raises(ShapeError, match=r"MixUp expected y of shape .* and num_classes to mix classes"):
        MixUp()(X, Y)
    with pytest.raises(ValueRangeError, match="classes from 0 to 1, got 0 to 2; set num_classes"):
        CutMix(num_classes=2)(X, Y)
    with pytest.raises(ValueRangeError, match="MixUp expected alpha"):
        MixUp(alpha=0)
    with pytest.raises(ValueRangeError, match="num_classes"):
        MixUp(num_classes=1)
