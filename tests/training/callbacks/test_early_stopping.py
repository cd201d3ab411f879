"""EarlyStopping: patience, improvement in either direction, and the weights of the best epoch."""

import math

import numpy as np
import pytest

from chainrule.data import DataLoader, digits
from chainrule.layers import Linear
from chainrule.layers.core import ValueRangeError
from chainrule.losses import CrossEntropyLoss
from chainrule.models import Sequential
from chainrule.optim import SGD
from chainrule.training import Callback, EarlyStopping, Trainer


class Played(Callback):
    """Plays given validation losses to the callbacks behind it and marks the weights with the epoch."""

    def __init__(self, values):
        self.values = values

    def on_epoch_end(self, trainer, row):
        row["val_loss"] = self.values[trainer.epoch - 1]
        for parameter in trainer.model.parameters():
            parameter.data[...] = trainer.epoch


def mark(trainer):
    marks = {float(value) for parameter in trainer.model.parameters() for value in parameter.data.ravel()}
    assert len(marks) == 1
    return marks.pop()


@pytest.mark.parametrize(("values", "options", "stops", "best"), [
    ([3, 2, 1, 2, 2, 2, 0], {"patience": 3}, 6, 3),
    ([3, 2, 1, 2, 2, 0.5, 2, 2, 2], {"patience": 3}, 9, 6),
    ([3, 2.9, 2.8, 2.7, 0, 0], {"patience": 3, "min_delta": 0.5}, 4, 1),
    ([1, 1, 1, 1], {"patience": 2}, 3, 1),
    ([math.nan, math.nan, 3, 2, math.nan, math.nan, 1], {"patience": 2}, 2, None),
    ([math.nan, 3, 2, math.nan, math.nan, 1], {"patience": 2}, 5, 3),
    ([4, 3, 2, 1], {"patience": 1}, 4, 4),
    ([4, 3, 2, 3], {"patience": 5}, 4, 3),
])
def test_patience_and_best_epoch(fitted, regression, values, options, stops, best):
    stopping = EarlyStopping(**options)
    trainer = fitted(Played(values), stopping, epochs=len(values), validation=regression())
    assert trainer.epoch == stops
    if best is None:
        assert stopping.best is None and mark(trainer) == stops
    else:
        assert (stopping.best_epoch, stopping.best) == (best, values[best - 1])
        assert mark(trainer) == best
    assert (trainer.stopped is None) == (stopping.waited < options["patience"])


def test_without_restore_best_the_last_weights_stay(fitted, regression):
    trainer = fitted(Played([2, 1, 2, 2]), EarlyStopping(patience=2, restore_best=False), validation=regression())
    assert mark(trainer) == 4
    assert trainer.stopped == "val_loss has not improved for 2 epochs"


def test_best_weights_come_back_after_an_interrupt(fitted, regression):
    class Interrupt(Callback):
        def on_batch_end(self, trainer, loss):
            if trainer.epoch == 3:
                raise KeyboardInterrupt

    stopping, kept = EarlyStopping(), []

    class Keep(Callback):
        def on_fit_begin(self, trainer):
            kept.append(trainer)

    with pytest.raises(KeyboardInterrupt):
        fitted(Keep(), Played([2, 1, 2, 2]), stopping, Interrupt(), validation=regression())
    assert mark(kept[0]) == 2


def test_the_metric_knows_that_more_is_better():
    train, valid = digits(flat=True).split(rng=np.random.default_rng(0))
    model, stopping = Sequential(Linear(64, 10)), EarlyStopping("val_accuracy", patience=4)
    trainer = Trainer(model, CrossEntropyLoss(), SGD(model.parameters(), lr=1.0), metrics=["accuracy"],
                      callbacks=[stopping])
    history = trainer.fit(DataLoader(train, 32, shuffle=True), epochs=60, validation=valid)
    assert trainer.stopped == "val_accuracy has not improved for 4 epochs"
    assert stopping.best == max(history["val_accuracy"]) == trainer.evaluate(valid)["accuracy"]
    assert stopping.best_epoch == len(history) - 4


def test_a_new_run_forgets_and_one_that_continues_remembers(fitted, regression):
    stopping = EarlyStopping(patience=3)
    fitted(Played([2, 1, 2, 2]), stopping, validation=regression())
    trainer = fitted(Played([9, 8, 9, 9, 9]), stopping, validation=regression())
    assert (stopping.best, stopping.best_epoch, trainer.epoch) == (8, 2, 4)
    trainer.fit(DataLoader(regression(), 7), epochs=3, validation=regression())
    assert (stopping.best, stopping.best_epoch, trainer.epoch) == (8, 2, 5)


@pytest.mark.parametrize("options", [{"patience": 0}, {"patience": True}, {"min_delta": -1.0}])
def test_options_that_make_no_sense(options):
    with pytest.raises(ValueRangeError, match="EarlyStopping expected"):
        EarlyStopping(**options)
