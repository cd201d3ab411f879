"""Totals: of all batches what the loss says of everything at once."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule.layers.core import ValueRangeError
from chainrule.losses import CrossEntropyLoss, MSELoss
from chainrule.training import Accuracy
from chainrule.training.totals import Totals

LOSSES = {
    "mean": CrossEntropyLoss,
    "sum": lambda: CrossEntropyLoss(reduction="sum"),
    "weights": lambda: CrossEntropyLoss(weight=[0.5, 2.0, 3.0]),
    "ignored": lambda: CrossEntropyLoss(ignore_index=1),
}


def added_up(loss, prediction, target, size, metrics=()):
    totals = Totals(loss, metrics)
    for start in range(0, len(prediction), size):
        x, y = prediction[start:start + size], target[start:start + size]
        totals.add(loss.forward(x, y), x, y)
    return totals.results()


@settings(deadline=None, max_examples=30)
@given(st.sampled_from(sorted(LOSSES)), st.integers(1, 23), st.integers(0, 99))
def test_however_the_data_is_divided_the_loss_is_that_of_all(kind, size, seed):
    rng = np.random.default_rng(seed)
    prediction, target = rng.normal(size=(23, 3)), rng.integers(0, 3, 23)
    loss = LOSSES[kind]()
    expected = loss.forward(prediction, target)
    found = added_up(loss, prediction, target, size, [Accuracy()])
    assert found["loss"] == pytest.approx(expected, rel=1e-12)
    assert found["accuracy"] == (prediction.argmax(axis=1) == target).mean()


def test_of_one_batch_the_loss_is_exact():
    rng = np.random.default_rng(0)
    prediction, target = rng.normal(size=(2, 7, 3))
    loss = MSELoss()
    assert added_up(loss, prediction, target, 7) == {"loss": loss.forward(prediction, target)}


def test_a_batch_in_which_no_item_counts_changes_nothing():
    loss = CrossEntropyLoss(ignore_index=1)
    prediction, target = np.random.default_rng(0).normal(size=(4, 3)), np.array([0, 2, 1, 1])
    assert math.isnan(loss.forward(prediction[2:], target[2:]))
    assert added_up(loss, prediction, target, 2)["loss"] == pytest.approx(loss.forward(prediction, target), rel=1e-12)


def test_the_penalty_is_averaged_over_steps():
    loss = MSELoss()
    totals = Totals(loss)
    for size, penalty in ((5, 1.0), (1, 4.0)):
        totals.add(loss.forward(np.ones(size), np.zeros(size)), np.ones(size), np.zeros(size), penalty)
    assert (totals.loss, totals.penalty) == (1.0, 2.5)


def test_a_loss_of_many_numbers_is_refused():
    with pytest.raises(ValueRangeError, match=r"a loss that is one number, got MSELoss\(.*none.*reduction='mean'"):
        Totals(MSELoss(reduction="none"))
