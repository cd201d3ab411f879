"""When checkpoints are written."""

import numpy as np
import pytest

from chainrule.layers.core import StateError
from chainrule.training import Callback, EarlyStopping, Progress
from chainrule.training.checkpoints import BEST, Checkpoints, read_checkpoint, saving


class Watch(Checkpoints):
    """Notes the places at which it saves."""

    def save(self, trainer):
        super().save(trainer)
        self.places = [*getattr(self, "places", []), (trainer.epoch, trainer.batch)]


@pytest.mark.parametrize(("every", "unit", "places"), [
    (1, "epochs", [(1, 0), (2, 0), (3, 0), (4, 0)]), (3, "epochs", [(3, 0), (4, 0)]), (99, "epochs", [(4, 0)]),
    (3, "batches", [(0, 3), (1, 2), (2, 1), (2, 4), (3, 3), (4, 0)]), (1e9, "seconds", [(4, 0)])])
def test_they_come_every_so_often_and_at_the_end(fitted, tmp_path, every, unit, places):
    watch = Watch(tmp_path, every, unit, keep=9)        # an epoch has four batches
    fitted(watch)
    assert watch.places == places
    assert len(watch.folder.paths()) == len(places)


def test_by_time_the_batch_that_runs_then_is_the_last_of_it(fitted, tmp_path, monkeypatch):
    now = iter(range(1000))
    monkeypatch.setattr(saving.time, "monotonic", lambda: next(now))       # a second passes at every look
    watch = Watch(tmp_path, 4, "seconds")
    fitted(watch)
    assert watch.places[0] == (0, 4)
    assert len(watch.folder.paths()) == 3


def test_a_pause_is_saved_at_once(fitted, tmp_path):
    class Pause(Callback):
        def on_batch_end(self, trainer, loss):
            if trainer.epoch == 1 and trainer.batch == 2:
                trainer.pause()

    watch = Watch(tmp_path, 99, "epochs")
    trainer = fitted(Pause(), watch)
    assert watch.places == [(1, 2)]
    assert (trainer.epoch, len(trainer.history)) == (1, 1)


def test_the_best_weights_are_those_of_the_best_epoch(fitted, tmp_path, regression):
    values, weights = iter([3.0, 1.0, 2.0, float("nan")]), []

    class Judge(Callback):
        def on_epoch_end(self, trainer, row):
            row["val_loss"] = next(values)
            weights.append(trainer.model.state_dict())

    fitted(Judge(), Checkpoints(tmp_path, best="val_loss"), validation=regression())
    best = read_checkpoint(tmp_path / BEST)
    assert (best["epoch"], best["value"], best["monitor"]) == (2, 1.0, "val_loss")
    for name, value in weights[1].items():
        np.testing.assert_array_equal(best["model"][name], value)


def test_what_knows_something_stands_before_it(fitted, tmp_path, regression):
    with pytest.raises(StateError, match="expected to be the last of the callbacks, got EarlyStopping behind it"):
        fitted(Checkpoints(tmp_path), EarlyStopping(), validation=regression())
    fitted(Checkpoints(tmp_path), Progress(99), epochs=1)       # that knows nothing
