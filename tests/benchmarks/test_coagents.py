"""What learning without backpropagation comes to, with seeds on which nothing was chosen."""

import numpy as np
import pytest

from benchmarks.coagents import cart_pole, digits_accuracy, grid_world

pytestmark = pytest.mark.long


def test_the_field_is_crossed():
    ends = {setting: np.mean([grid_world(setting, seed)[-2:] for seed in (100, 101, 102)])
            for setting in ("output unit alone", "coagents", "coagents, firing 0.5")}
    assert np.mean(grid_world("random", 100)) < -60
    assert ends["coagents"] >= -8.6
    assert ends["coagents"] > ends["output unit alone"] + 0.5
    assert ends["coagents, firing 0.5"] >= -10.5


def test_the_pole_stays_upright():
    pytest.importorskip("gymnasium")
    assert np.mean(cart_pole("coagents", 100)[-2:]) >= 150


@pytest.mark.parametrize("rule", ["feedback alignment", "direct feedback", "target propagation"])
def test_digits_are_learnt(rule):
    (accuracy,), (frozen,) = digits_accuracy(rule, 100), digits_accuracy("last layer alone", 100)
    assert accuracy >= 0.94
    assert accuracy > frozen + 0.02


def test_digits_are_learnt_from_right_and_wrong_alone():
    one, votes = digits_accuracy("coagents", 100)
    assert one >= 0.85 and votes >= 0.92
