"""Random roots: over all signs that may be drawn, the mean of their outer products is the Hessian exactly."""

from itertools import product

import numpy as np
import pytest

from chainrule.backprop.second_order.random_root import random_root
from chainrule.layers.core import ValueRangeError
from chainrule.losses import BCEWithLogitsLoss, CrossEntropyLoss, L1Loss, MSELoss, NLLLoss

rng = np.random.default_rng(0)
prediction = rng.normal(size=(2, 3))


class Signs:
    """A generator that draws the bits it was given."""

    def __init__(self, bits):
        self.bits = np.array(bits)

    def integers(self, low, high, shape):
        return self.bits.reshape(shape)


@pytest.mark.parametrize(("loss", "target"), [
    (MSELoss(), rng.normal(size=(2, 3))),
    (BCEWithLogitsLoss(reduction="sum", pos_weight=[1.0, 2.0, 3.0]), rng.random((2, 3))),
    (CrossEntropyLoss(weight=[1.0, 2.0, 3.0]), np.array([2, 0])),
    (CrossEntropyLoss(label_smoothing=0.2), np.array([1, 0])),
    (CrossEntropyLoss(ignore_index=1), np.array([1, 0])),
], ids=["squares", "logits", "weighted classes", "smoothed", "one ignored"])
def test_the_mean_over_all_signs_is_the_hessian(loss, target):
    loss.forward(prediction, target)
    hessian = np.stack([loss.hvp(unit.reshape(2, 3)).ravel() for unit in np.eye(6)])
    drawn = np.stack([random_root(loss, Signs(bits)).ravel() for bits in product([0, 1], repeat=6)])
    np.testing.assert_allclose(drawn.T @ drawn / 64, hessian, atol=1e-15)


def test_pictures_of_classes_are_moved_as_the_loss_moves_them():
    rng = np.random.default_rng(0)
    loss, scores = CrossEntropyLoss(), rng.normal(size=(2, 3, 4, 5))
    loss.forward(scores, rng.integers(0, 3, (2, 4, 5)))
    drawn = random_root(loss, np.random.default_rng(0))
    np.testing.assert_allclose(drawn.sum(axis=1), 0, atol=1e-15)        # softmax does not see a shift of all scores
    assert drawn.shape == scores.shape


def test_other_losses_are_refused():
    rng = np.random.default_rng(0)
    loss = NLLLoss()
    loss.forward(prediction, np.array([0, 1]))
    with pytest.raises(ValueRangeError, match="CrossEntropyLoss or a loss of every element"):
        random_root(loss, rng)
    loss = L1Loss()
    loss.forward(prediction, prediction)
    assert not random_root(loss, rng).any()
