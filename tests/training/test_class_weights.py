"""Class weights: scikit-learn's numbers, and every class with the same say in the loss."""

import numpy as np
import pytest

from chainrule.layers.core import DtypeError, ValueRangeError
from chainrule.losses import BCEWithLogitsLoss, CrossEntropyLoss, MSELoss, MultiMarginLoss
from chainrule.training import balance_, class_weights


def test_numbers_of_scikit_learn():
    weighing = pytest.importorskip("sklearn.utils.class_weight")
    y = np.random.default_rng(0).choice(5, 41, p=[0.5, 0.2, 0.15, 0.1, 0.05])
    np.testing.assert_allclose(class_weights(y), weighing.compute_class_weight("balanced", classes=np.unique(y), y=y))


def test_what_is_not_judged_and_what_does_not_occur():
    y = np.array([[0, 0, -100], [2, 0, 2]])
    np.testing.assert_allclose(class_weights(y, classes=4), [5 / (2 * 3), 1, 5 / (2 * 2), 1])


@pytest.mark.parametrize("ignore_index", [-100, 0])
def test_every_class_has_the_same_say(ignore_index):
    y, loss = np.array([1, 1, 1, 2, 0]), CrossEntropyLoss(ignore_index=ignore_index)
    balance_(loss, y, classes=3)
    loss.forward(np.zeros((5, 3)), y)
    per_class = [np.abs(loss.backward()[y == label]).sum() for label in range(3)]
    counted = per_class[1:] if ignore_index == 0 else per_class
    np.testing.assert_allclose(counted, counted[0])


def test_zeros_and_ones_have_the_same_say_in_every_output():
    y = np.array([[0.0, 1], [0, 0], [0, 1], [1, 1]])
    loss = BCEWithLogitsLoss()
    balance_(loss, y, classes=2)
    loss.forward(np.zeros((4, 2)), y)
    np.testing.assert_allclose(loss.backward().sum(axis=0), 0, atol=1e-7)       # at chance the two sides balance


def test_what_does_not_fit():
    with pytest.raises(DtypeError, match=r"class_weight expected a loss of classes, .* got MSELoss\(\)"):
        balance_(MSELoss(), np.zeros(3, int), 1)
    with pytest.raises(ValueRangeError, match="expected a loss without weights of its own"):
        balance_(CrossEntropyLoss(weight=[1.0, 2.0]), np.array([0, 1]), 2)
    with pytest.raises(ValueRangeError, match="an output with only one of them"):
        balance_(BCEWithLogitsLoss(), np.ones((3, 1)), 1)
    with pytest.raises(ValueRangeError, match="expected classes from 0 to 1 in y, got 2"):
        balance_(MultiMarginLoss(), np.array([0, 2]), 2)
    with pytest.raises(DtypeError, match="expected y as integers"):
        class_weights(np.zeros(3))
    with pytest.raises(ValueRangeError, match="expected classes from 0 on in y, got none"):
        class_weights(np.full(3, -100))
