"""Stopping by signal, between two steps."""

import os
import signal
import threading

import numpy as np
import pytest

from chainrule.data import ArrayDataset, DataLoader
from chainrule.experiments.runs.interrupt import StopOnSignal
from chainrule.layers import Linear
from chainrule.losses import MSELoss
from chainrule.models import Sequential
from chainrule.optim import SGD
from chainrule.training import Callback, Trainer


class Send(Callback):
    """Sends this process a signal in the middle of the second step."""

    def __init__(self, number):
        self.number = number
        self.steps = 0

    def on_backward_end(self, trainer, loss):
        self.steps += 1
        if self.steps == 2:
            os.kill(os.getpid(), self.number)

    def on_batch_end(self, trainer, loss):
        self.finished = self.steps


def fit(*callbacks):
    model = Sequential(Linear(3, 1))
    trainer = Trainer(model, MSELoss(), SGD(model.parameters(), lr=0.1), callbacks=callbacks)
    x = np.ones((10, 3), np.float32)
    trainer.fit(DataLoader(ArrayDataset(x, x[:, :1]), batch_size=2), epochs=3)
    return trainer


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_step_is_finished_and_then_the_fit_ends(number):
    before = signal.getsignal(number)
    stop, send = StopOnSignal(), Send(number)
    trainer = fit(stop, send)
    assert stop.received == number
    assert send.finished == 2
    assert (trainer.epoch, trainer.batch, len(trainer.history)) == (0, 2, 0)
    assert trainer.paused and trainer.stopped is None
    assert signal.getsignal(number) is before


def test_a_second_signal_is_not_held_back():
    class Twice(Send):
        def on_backward_end(self, trainer, loss):
            os.kill(os.getpid(), self.number)
            os.kill(os.getpid(), self.number)

    with pytest.raises(KeyboardInterrupt):
        fit(StopOnSignal(), Twice(signal.SIGINT))


def test_without_a_signal_all_is_as_before():
    before = signal.getsignal(signal.SIGINT)
    stop = StopOnSignal()
    assert fit(stop).epoch == 3
    assert stop.received is None
    assert signal.getsignal(signal.SIGINT) is before


def test_in_another_thread_it_does_nothing():
    ended = []
    thread = threading.Thread(target=lambda: ended.append(fit(StopOnSignal()).epoch))
    thread.start()
    thread.join()
    assert ended == [3]


def test_one_process_that_is_told_lets_all_pause(ranks):
    def work(job):
        stop = StopOnSignal()

        class Told(Callback):
            def on_batch_begin(self, trainer, x, y):
                if trainer.batch == 1 and job.rank == 1:
                    stop.received = signal.SIGTERM

        trainer = fit(Told(), stop)
        return trainer.epoch, trainer.batch, stop.received

    assert ranks(3, work) == [(0, 2, signal.SIGTERM)] * 3
