"""Twenty samples by heart: sound networks can, also behind dropout; contradictions, gaps and slow rates are found."""

import numpy as np

from chainrule.analysis.doctor import check_few_samples
from chainrule.data import ArrayDataset
from chainrule.layers import Dropout, Linear, ReLU
from chainrule.losses import CrossEntropyLoss, L2Penalty, weights_of
from chainrule.models import Sequential
from chainrule.optim import SGD


def test_a_sound_network_learns_them(patient):
    healthy = patient()
    before = healthy.trainer.model.state_dict()
    verdict = check_few_samples(healthy)
    assert verdict.grade == "good" and verdict.fix == ""
    assert all((healthy.trainer.model.state_dict()[name] == value).all() for name, value in before.items())


def test_regularisation_is_off(patient):
    verdict = check_few_samples(patient(
        model=lambda: Sequential(Linear(64, 48), ReLU(), Dropout(0.9), Linear(48, 10)),
        loss=CrossEntropyLoss(label_smoothing=0.5), penalties=lambda model: [L2Penalty(weights_of(model), 10.0)]))
    assert verdict.grade == "good"


def test_equal_inputs_with_different_targets(patient):
    data = ArrayDataset(np.ones((40, 64), np.float32), np.arange(40) % 10)
    verdict = check_few_samples(patient(data=data))
    assert verdict.grade == "bad" and "equal inputs with different targets" in verdict.fix


def test_a_backward_that_is_wrong(patient):
    class Backwards(Linear):
        def backward(self, grad_out):
            return super().backward(-grad_out)

    assert check_few_samples(patient(model=lambda: Backwards(64, 10))).grade == "bad"


def test_a_slow_optimizer_is_told_from_a_bad_network(patient):
    verdict = check_few_samples(patient(optimizer=lambda parameters: SGD(parameters, lr=1e-5)))
    assert verdict.grade == "odd" and "the optimizer is slow" in verdict.fix
