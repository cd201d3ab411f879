"""Regularisation: it must cost something, and not everything."""

import pytest

from chainrule.analysis.doctor import check_regularisation
from chainrule.layers import Linear
from chainrule.losses import L1Penalty, L2Penalty, weights_of
from chainrule.optim import SGD, AdamW


@pytest.mark.parametrize(("weight", "grade", "fix"), [
    (1e-3, "good", ""), (0.0, "bad", "its weight is 0"), (10.0, "odd", "small weights pay more than right answers"),
])
@pytest.mark.parametrize("kind", [L1Penalty, L2Penalty])
def test_the_price_of_penalties(patient, kind, weight, grade, fix):
    verdict = check_regularisation(patient(penalties=lambda model: [kind(weights_of(model), weight)]))
    assert verdict.grade == grade and fix in verdict.fix


def test_the_price_is_that_of_the_penalty(patient):
    sick = patient(penalties=lambda model: [L2Penalty(weights_of(model), 0.01)])
    assert f"adds {sick.trainer.penalties[0].forward():.2g} to" in check_regularisation(sick).finding


def test_weight_decay_counts_as_the_penalty_it_is(patient):
    penalty = check_regularisation(patient(penalties=lambda model: [L2Penalty(model.parameters(), 0.01)]))
    decay = check_regularisation(patient(optimizer=lambda params: SGD(params, lr=0.1, weight_decay=0.01)))
    assert penalty == decay and penalty.grade == "good"


@pytest.mark.parametrize(("decay", "grade"), [(0.01, "good"), (100.0, "odd")])
def test_decoupled_decay_is_a_share_of_a_step(patient, decay, grade):
    verdict = check_regularisation(patient(optimizer=lambda params: AdamW(params, lr=1e-3, weight_decay=decay)))
    assert verdict.grade == grade and f"{1e-3 * decay:.1e} of the weights" in verdict.finding


def test_a_penalty_on_another_network(patient):
    verdict = check_regularisation(patient(penalties=lambda model: [L2Penalty(Linear(3, 2).parameters(), 1.0)]))
    assert verdict.grade == "bad" and "weights_of(model)" in verdict.fix


def test_none_is_skipped(patient):
    assert check_regularisation(patient()).grade == "skipped"
