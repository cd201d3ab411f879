"""Dead ReLUs: counted by unit, in images by channel, at the beginning and after a short training."""

import numpy as np
import pytest

from chainrule.analysis.doctor import check_dead_units
from chainrule.data import digits
from chainrule.layers import Conv2d, Flatten, Linear, ReLU, Tanh
from chainrule.models import Sequential
from chainrule.optim import SGD


def test_few_are_dead_in_a_healthy_network(patient):
    assert check_dead_units(patient()).grade == "good"


@pytest.mark.parametrize(("share", "grade"), [(2 / 3, "odd"), (1.0, "bad")])
def test_biases_far_below_zero(patient, share, grade):
    sick = patient()
    sick.trainer.model[0].bias.data[:int(48 * share)] = -100
    verdict = check_dead_units(sick)
    assert verdict.grade == grade and "zero biases" in verdict.fix
    assert int(verdict.finding.split("%")[0]) == pytest.approx(100 * share, abs=3)      # a few have died besides


def test_units_that_die_of_the_learning_rate(patient):
    verdict = check_dead_units(patient(optimizer=lambda parameters: SGD(parameters, lr=30.0)))
    assert verdict.grade in ("odd", "bad") and "lower the learning rate" in verdict.fix


def test_in_images_a_channel_is_a_unit(patient):
    sick = patient(model=lambda: Sequential(Conv2d(1, 4, 3), ReLU(), Flatten(), Linear(144, 10)), data=digits())
    sick.trainer.model[0].weight.data[:2] = 0
    sick.trainer.model[0].bias.data[:] = [-1, -1, 1, 1]
    assert "50% of the units with random weights" in check_dead_units(sick).finding


def test_without_relus_it_is_skipped(patient):
    assert check_dead_units(patient(model=lambda: Sequential(Linear(64, 9), Tanh(), Linear(9, 10)))).grade == "skipped"
    assert np.geterr()["over"] == "warn"
