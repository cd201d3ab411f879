"""TimeBudget: the fit ends with the batch in which time is up, and a fit that goes on has what is left."""

import time

import pytest

from chainrule.layers.core import ValueRangeError
from chainrule.training import TimeBudget


@pytest.fixture
def clock(monkeypatch):
    """Let every look at the clock be a second later than the one before."""
    now = [0.0]

    def tick():
        now[0] += 1
        return now[0]

    monkeypatch.setattr(time, "monotonic", tick)
    return now


def test_it_stops_amid_an_epoch_which_is_kept(fitted, regression, clock):
    trainer = fitted(TimeBudget(seconds=6), epochs=9, validation=regression(seed=1))
    assert len(trainer.history) == 2            # four batches and an epoch's end are five seconds
    assert trainer.stopped == "the 6 seconds are over" and "val_loss" in trainer.history[-1]


def test_a_fit_that_goes_on_has_what_is_left(fitted, regression, clock):
    budget = TimeBudget(seconds=13)
    trainer = fitted(budget, epochs=2)
    assert trainer.stopped is None and budget.spent == 10
    clock[0] += 1000                            # between the fits nothing is spent
    trainer.fit([(regression().x, regression().y)], epochs=9)
    assert len(trainer.history) == 4 and budget.spent == 14
    fitted(budget, epochs=1)
    assert budget.spent == 5                    # a new run begins anew


def test_no_time_is_refused():
    with pytest.raises(ValueRangeError, match="TimeBudget expected seconds in"):
        TimeBudget(0)
