"""Loss at chance: healthy networks guess; weights that are too large and targets among the inputs are found."""

import numpy as np
import pytest

from chainrule.analysis.doctor import check_initial_loss
from chainrule.data import ArrayDataset
from chainrule.layers import Identity, Linear, LogSoftmax, Sigmoid
from chainrule.losses import BCELoss, BCEWithLogitsLoss, MSELoss, MultiMarginLoss, NLLLoss
from chainrule.models import Sequential


def straight(offset=0.0):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(60, 3)).astype(np.float32)
    return ArrayDataset(x, (x @ rng.normal(size=(3, 1)) + offset).astype(np.float32))


def binary():
    x = np.random.default_rng(0).normal(size=(60, 3)).astype(np.float32)
    return ArrayDataset(x, (x[:, :1] > 0).astype(np.float32))


def test_random_weights_guess(patient):
    verdict = check_initial_loss(patient())
    assert verdict.grade == "good" and "2.303 by guessing" in verdict.finding


@pytest.mark.parametrize(("options", "chance"), [
    ({"model": lambda: Sequential(Linear(64, 10), LogSoftmax(dim=1)), "loss": NLLLoss()}, "2.303"),
    ({"model": lambda: Linear(3, 1), "loss": BCEWithLogitsLoss(), "data": binary()}, "0.6931"),
    ({"model": lambda: Sequential(Linear(3, 1), Sigmoid()), "loss": BCELoss(), "data": binary()}, "0.6931"),
    ({"model": lambda: Linear(3, 1), "loss": MSELoss(), "data": straight()}, f"{straight().y.var():.4g}"),
])
def test_chance_by_loss(patient, options, chance):
    verdict = check_initial_loss(patient(**options))
    assert verdict.grade == "good" and f"{chance} by guessing" in verdict.finding


def test_weights_that_are_too_large(patient):
    sick = patient()
    sick.trainer.model[2].weight.data *= 100
    verdict = check_initial_loss(sick)
    assert verdict.grade == "bad" and "lower the initial weights of the last layer" in verdict.fix


def test_targets_far_from_zero(patient):
    verdict = check_initial_loss(patient(model=lambda: Linear(3, 1), loss=MSELoss(), data=straight(300.0)))
    assert verdict.grade == "bad" and "standardise the targets" in verdict.fix


def test_targets_among_the_inputs(patient):
    x = np.eye(4, dtype=np.float32)[np.arange(40) % 4] * 9
    verdict = check_initial_loss(patient(model=lambda: Sequential(Identity(), Leaking()), data=ArrayDataset(
        x, np.arange(40) % 4)))
    assert verdict.grade == "bad" and "targets are among the inputs" in verdict.fix


class Leaking(Linear):
    def __init__(self):
        super().__init__(4, 4, bias=False)
        self.weight.data = np.eye(4)


def test_what_is_not_finite(patient):
    sick = patient()
    sick.trainer.model[0].bias.data[0] = np.inf
    assert check_initial_loss(sick).grade == "bad"


def test_losses_without_a_known_chance_are_skipped(patient):
    assert check_initial_loss(patient(loss=MultiMarginLoss())).grade == "skipped"
