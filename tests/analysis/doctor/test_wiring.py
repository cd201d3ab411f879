"""Layers and loss that do not belong together are named; the usual ways to build a network raise no alarm."""

import numpy as np
import pytest

from chainrule.analysis.doctor import Plan, suspect_wiring
from chainrule.data import ArrayDataset
from chainrule.layers import BatchNorm1d, Dropout, Flatten, Linear, LogSoftmax, ReLU, Sigmoid, Softmax, Tanh
from chainrule.losses import BCELoss, BCEWithLogitsLoss, CrossEntropyLoss, MSELoss, NLLLoss
from chainrule.models import Graph, Sequential
from chainrule.optim import SGD
from chainrule.training import Trainer


def suspicions(*layers, loss=None, batch_size=32, samples=64, **options):
    model = Sequential(*layers)
    trainer = Trainer(model, loss or CrossEntropyLoss(), SGD(model.parameters()), **options)
    data = ArrayDataset(np.zeros((samples, 6), np.float32), np.zeros(samples, int))
    return list(suspect_wiring(Plan(trainer, data, batch_size, epochs=1)))


@pytest.mark.parametrize(("layers", "loss", "shown"), [
    ([Softmax(dim=1)], CrossEntropyLoss(), "which has a softmax of its own: learning is slow and never sure; leave "
                                           "Softmax out"),
    ([Softmax(dim=1), Flatten()], CrossEntropyLoss(), "leave Softmax out"),
    ([Sequential(Tanh(), LogSoftmax(dim=1))], CrossEntropyLoss(), "leave LogSoftmax out"),
    ([Sigmoid()], BCEWithLogitsLoss(), "leave Sigmoid out, or take BCELoss"),
    ([], NLLLoss(), r"the last layer is Linear(6, 3); put LogSoftmax there, or take CrossEntropyLoss"),
    ([], BCELoss(), "put Sigmoid there, or take BCEWithLogitsLoss"),
    ([ReLU()], MSELoss(), "no output is below 0"),
    ([Dropout(0.3)], CrossEntropyLoss(), "Dropout(p=0.3) is the last layer"),
])
def test_what_ends_wrongly(layers, loss, shown):
    (found,) = suspicions(Linear(6, 3), *layers, loss=loss)
    assert shown in found


def test_the_output_of_a_graph_is_looked_at():
    graph = Graph(["x"], {"a": (Linear(6, 3), "x"), "y": (Softmax(dim=1), "a")}, ["y"])
    assert "leave Softmax out" in suspicions(graph)[0]


@pytest.mark.parametrize(("layers", "shown"), [
    ([Linear(6, 5), Linear(5, 4)], "Linear(6, 5) at 0 goes straight into Linear(5, 4): two linear maps are one"),
    ([Sequential(ReLU(), Linear(6, 5)), Linear(5, 4)], "at 0 goes straight into Linear(5, 4)"),
    ([Linear(6, 5), Dropout(), BatchNorm1d(5), Linear(5, 4)], "Dropout() stands before BatchNorm1d(5)"),
])
def test_neighbours_that_do_not_go_together(layers, shown):
    (found,) = suspicions(*layers)
    assert shown in found


@pytest.mark.parametrize(("options", "shown"), [
    ({"batch_size": 1}, "sees batches of 1, whose statistics are those of a single sample"),
    ({"batch_size": 4}, "sees batches of 4, whose statistics are noise"),
    ({"micro_batch_size": 2, "ghost_batch_norm": True}, "sees batches of 2"),
    ({"samples": 65}, "a last batch of 1 sample (65 samples in batches of 32)"),
])
def test_batch_norms_of_small_batches(options, shown):
    (found,) = suspicions(Linear(6, 5), BatchNorm1d(5), ReLU(), Linear(5, 4), **options)
    assert shown in found


@pytest.mark.parametrize(("layers", "loss"), [
    ([Linear(6, 5), BatchNorm1d(5), ReLU(), Dropout(), Linear(5, 4)], CrossEntropyLoss()),
    ([Linear(6, 2), Linear(2, 6)], MSELoss()),                  # a bottleneck is meant
    ([Linear(6, 3), LogSoftmax(dim=1)], NLLLoss()), ([Linear(6, 1), Sigmoid()], BCELoss()),
    ([Linear(6, 1), Sigmoid()], MSELoss()), ([Linear(6, 1)], BCEWithLogitsLoss()),
])
def test_what_is_usual_raises_no_alarm(layers, loss):
    assert suspicions(*layers, loss=loss) == []
