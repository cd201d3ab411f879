"""Thirty layers of sigmoids learn nothing; with what the doctor proposes they learn."""

import numpy as np
import pytest

import chainrule
from chainrule.analysis.doctor import Patient, check_gradient_flow
from chainrule.analysis.gradient_flow import REMEDIES, remedied
from chainrule.data import DataLoader, digits
from chainrule.layers import Conv2d, Dropout, Flatten, Linear, ReLU, Sigmoid, Tanh
from chainrule.layers.core import DtypeError
from chainrule.losses import CrossEntropyLoss
from chainrule.models import Sequential
from chainrule.optim import Adam
from chainrule.training import Trainer


def sick():
    chainrule.manual_seed(0)
    hidden = [layer for _ in range(29) for layer in (Linear(32, 32), Sigmoid())]
    return Sequential(Linear(64, 32), Sigmoid(), *hidden, Linear(32, 10))


def trainer_of(model):
    return Trainer(model, CrossEntropyLoss(), Adam(model.parameters(), lr=1e-3))


def test_the_doctor_proposes_what_the_remedy_does():
    train = digits(flat=True)[:200]
    data = chainrule.data.ArrayDataset(*train)
    for model, is_sick in ((sick(), True), (remedied(sick()), False)):
        verdict = check_gradient_flow(Patient(trainer_of(model), DataLoader(data, 32), lambda count: data[:count]))
        assert (verdict.grade == "bad", REMEDIES in verdict.fix) == (is_sick, is_sick)


def test_branches_begin_small_wherever_they_stand():
    inner = Sequential(Linear(8, 8), Sigmoid(), Dropout(0.5), Linear(8, 8), Tanh())
    healed = remedied(Sequential(Conv2d(1, 2, 3), Tanh(), Flatten(), Linear(8, 8), ReLU(), inner, Linear(8, 3)))
    assert [type(layer).__name__ for layer in healed] == ["Conv2d", "BatchNorm2d", "ReLU", "Flatten", "Residual",
                                                          "Sequential", "Linear"]
    branches = [healed[4], healed[5][0], healed[5][2]]
    assert all(np.allclose(each.branch[1].weight.data, 1 / np.sqrt(3)) for each in branches)
    assert (healed[1].weight.data == 1).all() and isinstance(healed[5][1], Dropout)
    assert healed.forward(np.ones((5, 1, 4, 4), np.float32)).shape == (5, 3)


def test_only_a_chain_is_treated():
    with pytest.raises(DtypeError, match="Sequential"):
        remedied(Linear(3, 3))


@pytest.mark.long
def test_thirty_layers_learn_with_the_remedies_only():
    train, test = digits(flat=True).split(rng=np.random.default_rng(0))
    shares = []
    for model in (sick(), remedied(sick())):
        trainer_of(model).fit(DataLoader(train, 32, shuffle=True, rng=np.random.default_rng(0)), 40)
        shares.append(float(np.mean(model.predict(test.x).argmax(axis=1) == test.y)))
    assert shares[0] <= 0.20 and shares[1] >= 0.95, shares
