"""Judgements: the classes that are there, the worst first, and no trace in the network."""

import numpy as np

import chainrule
from chainrule.analysis.report.samples import Samples, judge, run_quietly
from chainrule.layers import BatchNorm1d, Dropout, Identity, Linear
from chainrule.layers.core import get_rng_state
from chainrule.losses import CrossEntropyLoss, MSELoss
from chainrule.models import Parallel, Sequential
from chainrule.training import predict

SCORES = np.array([[2.0, 1.0], [0.0, 5.0], [3.0, 0.0], [1.0, 2.0]])


def test_the_worst_mistake_is_first_and_right_answers_are_none():
    judgement = judge(Identity(), Samples(SCORES, np.array([1, 0, 0, 1]), classes=["no", "yes"]), CrossEntropyLoss())
    assert judgement.predicted.tolist() == [0, 1, 0, 1] and judgement.reading.names == ("no", "yes")
    assert judgement.worst(5) == [1, 0] and judgement.worst(1) == [1]
    np.testing.assert_allclose(judgement.sureness[1], 1 / (1 + np.exp(-5)))


def test_the_worst_number_is_first():
    judgement = judge(Identity(), Samples(SCORES, SCORES + np.array([[0.1], [-2], [0], [1]])), MSELoss())
    assert judgement.reading is None and judgement.worst(3) == [1, 3, 0]


def test_names_that_are_too_few_are_not_used():
    assert judge(Identity(), Samples(SCORES, np.array([1, 0, 0, 1]), classes=["no"])).reading.names == ("0", "1")


def test_only_the_first_two_thousand_are_looked_at():
    x = np.zeros((2500, 2), np.float32)
    assert len(judge(Linear(2, 2), Samples(x, np.zeros(2500, int))).prediction) == 2000


def test_what_can_not_be_compared_is_not_judged():
    x = np.zeros((3, 2), np.float32)
    assert judge(Parallel(Linear(2, 2), Linear(2, 2)), Samples(x, np.zeros(3, int))) is None
    assert judge(Linear(2, 2), Samples((x, x), np.zeros(3, int))) is None
    assert judge(Linear(2, 2), Samples(np.zeros((3, 5, 2), np.float32), np.zeros((3, 5), int))) is None


def test_looking_leaves_no_trace():
    class Moody(Dropout):       # draws in evaluation, too
        def forward(self, x):
            self.training = True
            return super().forward(x)

    chainrule.manual_seed(0)
    model, x = Sequential(Linear(4, 6), BatchNorm1d(6), Moody(0.5)), np.random.default_rng(0).normal(size=(700, 4))
    x = x.astype(np.float32)
    buffers, state = {name: each.data.copy() for name, each in model.named_buffers()}, get_rng_state()
    assert run_quietly(model, x).shape == (700, 6)
    assert get_rng_state() == state
    assert all((each.data == buffers[name]).all() for name, each in model.named_buffers())
    assert all(layer.training for _, layer in model.named_layers())


def test_it_gives_what_predict_gives():
    model, x = Sequential(Linear(4, 6), Dropout(0.5)), np.random.default_rng(0).normal(size=(300, 4))
    x = x.astype(np.float32)
    np.testing.assert_array_equal(run_quietly(model, x), predict(model, x))
