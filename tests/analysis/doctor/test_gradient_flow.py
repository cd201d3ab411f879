"""Gradient flow: deep sigmoids vanish, large weights explode, gaps are named."""

from itertools import pairwise

import numpy as np
import pytest

from chainrule.analysis.doctor import check_gradient_flow
from chainrule.layers import Linear, ReLU, Sigmoid
from chainrule.models import Sequential


def deep(activation, gain=1.0):
    layers = [step for sizes in pairwise([64, *[20] * 10]) for step in (Linear(*sizes), activation())]
    model = Sequential(*layers, Linear(20, 10))
    for parameter in model.parameters():
        parameter.data *= gain
    return model


def test_a_healthy_network(patient):
    verdict = check_gradient_flow(patient())
    assert verdict.grade == "good" and "0.weight" in verdict.finding and "2.weight" in verdict.finding


def test_deep_sigmoids_vanish(patient):
    verdict = check_gradient_flow(patient(model=lambda: deep(Sigmoid)))
    assert verdict.grade == "bad" and "it vanishes" in verdict.fix and " in 0.weight to" in verdict.finding


def test_large_weights_explode(patient):
    verdict = check_gradient_flow(patient(model=lambda: deep(ReLU, gain=6.0)))
    assert verdict.grade == "bad" and "it explodes" in verdict.fix


def test_a_layer_that_lets_nothing_through(patient):
    class Wall(ReLU):
        def backward(self, grad_out):
            return np.zeros_like(super().backward(grad_out))

    verdict = check_gradient_flow(patient(model=lambda: Sequential(Linear(64, 8), Wall(), Linear(8, 10))))
    assert verdict.grade == "bad" and "no gradient reaches 0.weight" in verdict.finding


def test_nothing_reaches_anything(patient):
    sick = patient(model=lambda: Sequential(Linear(64, 10), ReLU()))
    sick.trainer.model[0].bias.data -= 1000
    assert check_gradient_flow(sick).finding == "no gradient reaches any layer"


@pytest.mark.parametrize("frozen", [0, 2])
def test_frozen_layers_are_no_fault(patient, frozen):
    healthy = patient()
    healthy.trainer.model[frozen].requires_grad_(False)
    assert check_gradient_flow(healthy).grade == "good"
