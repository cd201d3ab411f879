"""What all schedules share: states, resuming, several of them at once, groups added later."""

import numpy as np
import pytest

from chainrule.layers.core import Parameter, StateError, ValueRangeError
from chainrule.optim import SGD, CosineAnnealingLR, LinearLR, Schedule, StepLR


def optimizer(lr=1.0):
    return SGD([Parameter(np.zeros(1))], lr=lr)


def test_two_schedules_of_one_optimiser_multiply(pair):
    both = pair()
    both.race(both.make("LinearLR", total_iters=7), both.make("StepLR", 4, 0.5), both.make("CosineAnnealingLR", 30),
              steps=29)


def test_a_rate_changed_by_hand_stays_changed(pair):
    both = pair()
    schedule = both.make("StepLR", 5, 0.5)
    both.race(schedule, steps=7)
    for each in (both.ours, both.theirs):
        each.param_groups[1]["lr"] *= 0.1
    both.race(schedule, steps=20)


def test_a_saved_state_goes_on():
    first = optimizer()
    schedule = CosineAnnealingLR(first, T_max=10)
    for _ in range(4):
        schedule.step()
    saved = schedule.state_dict()
    second = optimizer()
    again = CosineAnnealingLR(second, T_max=10)
    second.load_state_dict(first.state_dict())
    again.load_state_dict(saved)
    saved["base_lrs"][0] = 99
    for each in (schedule, again):
        each.step()
    assert again.get_last_lr() == schedule.get_last_lr()
    assert again.last_epoch == 5


def test_resuming_by_last_epoch(pair):
    both = pair()
    both.race(both.make("StepLR", 4), steps=10)
    both.race(both.make("StepLR", 4, last_epoch=10), steps=10)
    with pytest.raises(StateError, match="StepLR expected to go on from step 3, but the optimiser has had no schedule"):
        StepLR(optimizer(), 4, last_epoch=3)


def test_a_state_that_lacks_something():
    with pytest.raises(ValueRangeError, match="it lacks base_lrs, last_lrs"):
        StepLR(optimizer(), 4).load_state_dict({"last_epoch": 3})


def test_a_group_added_later_joins_where_the_schedule_is():
    ours = optimizer(lr=1.0)
    schedule = LinearLR(ours, start_factor=0.5, total_iters=10)
    for _ in range(4):
        schedule.step()
    ours.add_param_group({"params": Parameter(np.zeros(1)), "lr": 0.1})
    schedule.step()
    assert schedule.get_last_lr() == pytest.approx([0.75, 0.075])


def test_returned_rates_are_a_copy():
    schedule = StepLR(optimizer(), 4)
    schedule.get_last_lr()[0] = 99
    assert schedule.get_last_lr() == [1.0]


def test_what_a_subclass_must_write():
    with pytest.raises(NotImplementedError, match=r"Schedule\.lr_at"):
        Schedule(optimizer())
