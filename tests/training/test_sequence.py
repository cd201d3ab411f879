"""Teacher forcing: the right answer so far, one place late."""

import numpy as np
import pytest

from chainrule.data import DataLoader, copying
from chainrule.losses import CrossEntropyLoss
from chainrule.models.zoo import seq2seq
from chainrule.optim import Adam
from chainrule.training import TeacherForcing, Trainer, decode, exact_sequences, shifted


@pytest.mark.parametrize("start", [0, 9])
def test_the_answer_comes_one_place_late(start):
    y = np.array([[5, 6, 7], [1, 2, 3]])
    assert shifted(y, start).tolist() == [[start, 5, 6], [start, 1, 2]]
    assert y.tolist() == [[5, 6, 7], [1, 2, 3]]


def test_the_batches_are_those_of_the_loader():
    dataset = copying(7, length=3)
    forced = TeacherForcing(DataLoader(dataset, 3), start=4)
    assert len(forced) == 3 and forced.dataset is dataset and forced.batch_size == 3
    plain = list(DataLoader(dataset, 3))
    for ((x, so_far), y), (x_plain, y_plain) in zip(forced, plain, strict=True):
        assert (x == x_plain).all() and (y == y_plain).all()
        assert (so_far == shifted(y_plain, 4)).all()


def test_exact_under_teacher_forcing_is_exact_on_its_own():
    dataset = copying(300, length=3, symbols=4, rng=np.random.default_rng(0))
    network = seq2seq(5, 8, 24)
    trainer = Trainer(network, CrossEntropyLoss(), Adam(network.parameters(), lr=0.02))
    trainer.fit(TeacherForcing(DataLoader(dataset, 50, shuffle=True, rng=np.random.default_rng(0))), 8)
    scores = network.eval().forward(dataset.x, shifted(dataset.y))
    alone = (decode(network, dataset.x, 3) == dataset.y).all(axis=1).mean()
    assert exact_sequences(scores, dataset.y) == pytest.approx(alone, abs=1e-12)
    assert alone > 0.1
