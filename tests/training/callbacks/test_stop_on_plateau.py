"""StopOnPlateau: the loss has changed by less than epsilon over so many epochs."""

import pytest

from chainrule.layers.core import ValueRangeError
from chainrule.training import Callback, StopOnPlateau


class Played(Callback):
    def __init__(self, values):
        self.values = values

    def on_epoch_end(self, trainer, row):
        row["loss"] = self.values[trainer.epoch - 1]


@pytest.mark.parametrize(("values", "stops"), [
    ([9, 5, 3.00, 3.04, 3.08, 3.05, 3, 3], 6),      # 3.00, 3.04, 3.08, 3.05 lie within 0.1
    ([3, 3, 3, 3, 3, 3], 4),
    ([3, 2, 3, 2, 3, 2], 6),                        # swings: the ends agree, it has not converged
    ([3, 3, 3, 2.5, 2.5, 2.5, 2.5], 7),
    ([1.0, 1.1, 1.0, 1.1, 1.0], 5),                 # a change of epsilon itself is not less
    ([3, 3, float("nan"), 3, 3, 3], 6),
])
def test_when_it_stops(fitted, values, stops):
    trainer = fitted(Played(values), StopOnPlateau(epsilon=0.1, epochs=3), epochs=len(values))
    assert trainer.epoch == stops
    reason = "loss has changed by less than 0.1 over 3 epochs"
    assert trainer.stopped == (reason if stops < len(values) or values[-4:] == values[-1:] * 4 else None)


def test_a_new_run_forgets(fitted):
    stop = StopOnPlateau(epsilon=0.1, epochs=3)
    fitted(Played([3, 3, 3]), stop, epochs=3)
    assert fitted(Played([3, 3, 3, 3, 3]), stop, epochs=5).epoch == 4


@pytest.mark.parametrize("options", [{"epochs": 0}, {"epsilon": -1.0}])
def test_options_that_make_no_sense(options):
    with pytest.raises(ValueRangeError, match="StopOnPlateau expected"):
        StopOnPlateau(**options)
