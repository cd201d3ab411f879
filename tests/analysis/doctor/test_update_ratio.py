"""Update to weight: near one in a thousand for a healthy rate; too fast and too slow are found."""

import pytest

from chainrule.analysis.doctor import check_update_ratio
from chainrule.optim import SGD, Adam


def test_the_ratio_is_that_of_the_step(patient):
    healthy = patient()
    verdict = check_update_ratio(healthy)
    assert verdict.grade == "good"
    ratios = healthy.trained.ratios
    assert set(ratios) == {"0.weight", "2.weight"} and len(ratios["0.weight"]) == 100
    # the first step of Adam is lr for every weight, whose root mean square is 1 / sqrt(3 * 48)
    assert ratios["2.weight"][0] == pytest.approx(3e-3 * (3 * 48) ** 0.5, rel=0.1)


@pytest.mark.parametrize(("optimizer", "grade", "fix"), [
    (lambda parameters: Adam(parameters, lr=1.0), "odd", "lower the learning rate"),
    (lambda parameters: Adam(parameters, lr=30.0), "bad", "lower the learning rate"),
    (lambda parameters: SGD(parameters, lr=1e-7), "bad", "raise the learning rate"),
    (lambda parameters: SGD(parameters, lr=0.0), "bad", "weights do not move"),
])
def test_too_fast_and_too_slow(patient, optimizer, grade, fix):
    verdict = check_update_ratio(patient(optimizer=optimizer))
    assert verdict.grade == grade and fix in verdict.fix


def test_nothing_to_measure_is_skipped(patient):
    still = patient()
    still.trainer.model.requires_grad_(False)
    still.trainer.model[2].bias.requires_grad = True
    assert check_update_ratio(still).grade == "skipped"
