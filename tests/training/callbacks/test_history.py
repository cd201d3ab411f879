"""History: rows and columns."""

import pytest

from chainrule.layers.core import UnknownNameError
from chainrule.training import Callback, History


def test_rows_and_columns(fitted):
    history = fitted(epochs=3).history
    assert len(history) == len(list(history)) == 3
    assert history["epoch"] == [row["epoch"] for row in history] == [1, 2, 3]
    assert history[-1] is list(history)[-1] and history[-1]["loss"] == history["loss"][-1]
    assert repr(history).startswith("History(3 epochs, loss 0.") and "lr 0.1)" in repr(history)
    assert repr(History()) == "History(0 epochs)"


def test_what_a_callback_adds_is_kept(fitted):
    class Extra(Callback):
        def on_epoch_end(self, trainer, row):
            if trainer.epoch > 1:
                row["extra"] = trainer.epoch ** 2

    assert fitted(Extra(), epochs=3).history["extra"] == [None, 4, 9]


def test_unknown_columns(fitted):
    with pytest.raises(UnknownNameError, match="unknown column of the history 'los' – did you mean 'loss'"):
        fitted().history["los"]


def test_a_new_run_begins_anew(fitted):
    history = History()
    fitted(history, epochs=3)
    fitted(history, epochs=2)
    assert history["epoch"] == [1, 2]
