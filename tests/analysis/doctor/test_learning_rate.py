"""The learning rate: in the range where the loss falls, above it, below it."""

import pytest

from chainrule.analysis.doctor import check_learning_rate
from chainrule.optim import SGD, Adam, OneCycleLR


@pytest.mark.parametrize(("rate", "grade", "fix"), [
    (3e-3, "good", ""), (5.0, "bad", "lower it to about"), (1e-8, "bad", "raise it to about"),
])
def test_where_the_rate_lies(patient, rate, grade, fix):
    verdict = check_learning_rate(patient(optimizer=lambda parameters: Adam(parameters, lr=rate)))
    assert verdict.grade == grade and verdict.fix.startswith(fix)


def test_a_network_that_never_learns(patient):
    still = patient()
    still.trainer.model.requires_grad_(False)
    assert check_learning_rate(still).grade == "bad"


def test_the_rate_of_a_warm_up_is_that_from_which_it_was_set(patient):
    sick = patient(optimizer=lambda parameters: SGD(parameters, lr=0.2))
    OneCycleLR(sick.trainer.optimizer, max_lr=0.2, total_steps=100)
    rate = sick.trainer.optimizer.param_groups[0]["initial_lr"]
    assert check_learning_rate(sick).finding.startswith(f"{rate:.2g};")
