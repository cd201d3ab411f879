"""Who hands on to whom, and which layer is the last, through containers."""

import pytest

from chainrule.analysis.doctor.plan import Plan, last_layer, neighbours
from chainrule.data import digits
from chainrule.layers import Flatten, Linear, ReLU, Softmax, Tanh
from chainrule.losses import CrossEntropyLoss
from chainrule.models import Graph, Sequential
from chainrule.optim import SGD
from chainrule.training import Trainer


def test_neighbours_are_found_through_containers():
    model = Sequential(Sequential(Linear(4, 4), ReLU()), Sequential(Sequential(Tanh()), Linear(4, 2)))
    found = [(path, type(first).__name__, type(second).__name__) for path, first, second in neighbours(model)]
    assert sorted(found) == [("0", "ReLU", "Tanh"), ("0.0", "Linear", "ReLU"), ("1.0", "Tanh", "Linear")]


@pytest.mark.parametrize("wrap", [lambda last: Sequential(Linear(4, 2), Sequential(last, Flatten())),
                                  lambda last: Graph(["x"], {"a": (Linear(4, 2), "x"), "b": (last, "a")}, ["b"])])
def test_the_last_layer_is_the_one_that_computes(wrap):
    last = Softmax(dim=1)
    assert last_layer(wrap(last)) is last


def test_steps_count_the_last_batch():
    model = Sequential(Flatten(), Linear(64, 10))
    plan = Plan(Trainer(model, CrossEntropyLoss(), SGD(model.parameters())), digits(), batch_size=100, epochs=2)
    assert plan.steps == 18 and plan.loss is plan.trainer.loss
