"""Carried states: batches that follow on, the past not gone back into, and the same numbers as one long sequence."""

import threading
from itertools import pairwise

import numpy as np
import pytest

import chainrule
from chainrule.data import ArrayDataset, text
from chainrule.layers.core import StateError, ValueRangeError
from chainrule.losses import CrossEntropyLoss
from chainrule.models.zoo import char_rnn
from chainrule.optim import SGD
from chainrule.training import (
    Callback,
    CarriedLoss,
    ScoresMetric,
    Stream,
    Trainer,
    accuracy,
    bits_per_character,
)
from chainrule.training.checkpoints.tree import join_state, split_state

PASSAGE = "a stitch in time saves nine, or so they say; nobody counted the stitches of those who came too late"


def walk(dataset, batch_size, layers=1):
    """Return what a stream gives when every batch leaves its own number as the state."""
    loss, seen = CarriedLoss(CrossEntropyLoss()), []
    for number, ((x, *state), y) in enumerate(Stream(dataset, batch_size, loss)):
        seen.append((x, [each.copy() for each in state], y))
        rows = np.arange(len(x), dtype=np.float64)
        left = np.broadcast_to((100 * number + rows)[None, :, None], (layers, len(x), 2))
        loss.forward((np.zeros((len(x), 200, *y.shape[1:])), left), y)
    return seen


@pytest.mark.parametrize(("windows", "batch_size"), [(12, 3), (13, 3), (14, 5), (4, 4), (3, 7), (5, 1)])
def test_every_row_goes_on_where_it_ended_and_every_window_comes_once(windows, batch_size):
    x = np.arange(windows * 2).reshape(windows, 2) % 200
    seen = walk(ArrayDataset(x, x), batch_size)
    assert len(seen) == len(Stream(ArrayDataset(x, x), batch_size, CarriedLoss(CrossEntropyLoss())))
    assert sorted(row[0] for batch, _, _ in seen for row in batch.tolist()) == x[:, 0].tolist()
    for (before, _, _), (after, (state,), _) in pairwise(seen):
        assert (after == before[:len(after)] + 2).all()
        assert (state[0, :, 0] % 100 == np.arange(len(after))).all()
    assert seen[0][1] == []


def test_the_state_is_that_of_one_long_sequence():
    passage = text(PASSAGE, 8)
    network = char_rnn(len(passage.characters), 3, 5, 2).astype(np.float64)
    loss = CarriedLoss(CrossEntropyLoss())
    parts = []
    for x, y in Stream(passage, 1, loss):
        prediction = network.forward(*x)
        parts.append(prediction[0])
        loss.forward(prediction, y)
    whole, *_ = network.forward(passage.x.reshape(1, -1))
    np.testing.assert_allclose(np.concatenate(parts, axis=2), whole, atol=1e-12)


@pytest.mark.parametrize("cell", ["RNN", "LSTM", "GRU"])
def test_the_gradient_does_not_go_back_beyond_the_batch(cell):
    rng = np.random.default_rng(0)
    network = char_rnn(5, 3, 4, cell=cell).astype(np.float64)
    loss, plain = CarriedLoss(CrossEntropyLoss()), CrossEntropyLoss()
    x, y = rng.integers(0, 5, (2, 3, 6))
    state = tuple(rng.normal(size=(1, 3, 4)) for _ in network.optional)
    value = loss.forward(network.forward(x, *state), y)
    network.zero_grad()
    network.backward(loss.backward())
    carried = [parameter.grad.copy() for parameter in network.parameters()]
    scores, *after = network.forward(x, *state)
    assert value == plain.forward(scores, y)
    network.zero_grad()
    network.backward((plain.backward(), *(np.zeros_like(each) for each in after)))
    for grad, parameter in zip(carried, network.parameters(), strict=True):
        np.testing.assert_allclose(grad, parameter.grad, atol=1e-14)
    assert all((kept == each).all() for kept, each in zip(loss.state(), after, strict=True))


def test_there_is_no_state_before_a_batch():
    with pytest.raises(StateError):
        CarriedLoss(CrossEntropyLoss()).state()


def test_a_network_without_a_state_is_judged_as_ever():
    scores, y = np.random.default_rng(0).normal(size=(3, 5, 4)), np.zeros((3, 4), int)
    loss, plain = CarriedLoss(CrossEntropyLoss()), CrossEntropyLoss()
    assert loss.forward(scores, y) == plain.forward(scores, y)
    assert (loss.backward() == plain.backward()).all()
    assert ScoresMetric(accuracy)(scores, y) == accuracy(scores, y)


def test_the_trainer_learns_a_text_by_heart():
    passage = text(PASSAGE, 7)
    network = char_rnn(len(passage.characters), 8, 32)
    loss = CarriedLoss(CrossEntropyLoss())
    trainer = Trainer(network, loss, SGD(network.parameters(), lr=2.0), metrics=[ScoresMetric(bits_per_character)])
    history = trainer.fit(Stream(passage, 2, loss), 60, validation=Stream(passage, 1, loss))
    assert history[-1]["bits_per_character"] < 1 < 4 < history[0]["bits_per_character"]
    assert history[-1]["bits_per_character"] == pytest.approx(history[-1]["loss"] / np.log(2), rel=1e-5)
    assert history[-1]["val_bits_per_character"] < 1


ONE_AT_A_TIME = threading.Lock()        # networks are drawn from the generator of the package, which threads share


def carried(paused_after=None, state=None):
    """Train on a stream of five stretches for two epochs; return weights, rows and the state where it paused."""
    passage = text(PASSAGE, 7)
    with ONE_AT_A_TIME:
        chainrule.manual_seed(1)
        network = char_rnn(len(passage.characters), 4, 6)
    loss = CarriedLoss(CrossEntropyLoss())

    class Pause(Callback):
        def on_batch_end(self, trainer, loss):
            if trainer.batch == paused_after:
                trainer.pause()

    trainer = Trainer(network, loss, SGD(network.parameters(), lr=1.0), metrics=[ScoresMetric(accuracy)],
                      callbacks=[Pause()])
    if state is not None:
        trainer.load_state_dict(state)
    trainer.fit(Stream(passage, 5, loss), 2 - trainer.epoch)
    return network.state_dict(), trainer.history["loss"] if len(trainer.history) else [], trainer.state_dict()


def test_ranks_walk_stretches_of_their_own_and_another_number_goes_on(ranks):
    weights, losses, _ = carried()
    _, _, state = ranks(3, lambda job: carried(paused_after=2))[2]
    state = split_and_joined(state)
    found = ranks(2, lambda job: carried(state=split_and_joined(state)))
    for name, value in weights.items():
        np.testing.assert_allclose(found[0][0][name], value, 1e-3, 1e-5)
        assert (found[0][0][name] == found[1][0][name]).all()
    assert found[0][1] == pytest.approx(losses, rel=1e-5)


def split_and_joined(state):
    """Return what a checkpoint would give back."""
    return join_state(*split_state(state))


def test_more_ranks_than_stretches_are_refused(ranks):
    loss = CarriedLoss(CrossEntropyLoss())
    message = "^Stream expected batch_size of at least the number of processes, 3, got 2; raise it, or start fewer$"
    with pytest.raises(ValueRangeError, match=message):
        Stream(text(PASSAGE, 7), 2, loss).part(0, 3)
