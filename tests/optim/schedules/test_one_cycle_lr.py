"""OneCycleLR against PyTorch over all its options, momentum too, to the last step it allows."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule.layers.core import Parameter, StateError, UnknownNameError, ValueRangeError
from chainrule.optim import SGD, OneCycleLR


@given(st.sampled_from(["SGD", "Adam"]), st.sampled_from([0.5, [0.5, 0.03]]), st.integers(2, 50),
       st.fixed_dictionaries({}, optional={
           "pct_start": st.sampled_from([0.25, 0.77, 0.45]), "anneal_strategy": st.sampled_from(["cos", "linear"]),
           "cycle_momentum": st.booleans(), "base_momentum": st.sampled_from([0.7, [0.6, 0.8]]),
           "max_momentum": st.sampled_from([0.9, [0.99, 0.85]]), "div_factor": st.sampled_from([1.0, 10.0]),
           "final_div_factor": st.sampled_from([1.0, 1e3]), "three_phase": st.booleans()}))
@settings(max_examples=50, deadline=None)
def test_numbers_of_torch(pair, rule, max_lr, total_steps, options):
    if options.get("three_phase"):
        options["pct_start"] = 0.3
    if float(options.get("pct_start", 0.3) * total_steps) == 1:
        total_steps += 1        # there PyTorch divides by the length of a phase of no length
    both = pair(rule=rule)
    both.race(both.make("OneCycleLR", max_lr, total_steps, **options), steps=total_steps)


def test_epochs_of_steps(pair):
    both = pair()
    both.race(both.make("OneCycleLR", 0.5, epochs=5, steps_per_epoch=7), steps=35)


def test_a_first_phase_of_no_length():
    schedule = OneCycleLR(SGD([Parameter(np.zeros(1))]), 0.5, total_steps=10, pct_start=0.1)
    assert schedule.get_last_lr() == [0.5]
    schedule.step()
    assert schedule.get_last_lr()[0] < 0.5


def test_wrong_arguments():
    optimizer = SGD([Parameter(np.zeros(1))])
    with pytest.raises(ValueRangeError, match="OneCycleLR expected total_steps, or epochs and steps_per_epoch"):
        OneCycleLR(optimizer, 0.5, epochs=3)
    with pytest.raises(ValueRangeError, match="OneCycleLR expected steps_per_epoch as a whole number of at least 1"):
        OneCycleLR(optimizer, 0.5, epochs=3, steps_per_epoch=0)
    with pytest.raises(UnknownNameError, match="anneal_strategy of OneCycleLR 'cosine'"):
        OneCycleLR(optimizer, 0.5, 10, anneal_strategy="cosine")
    schedule = OneCycleLR(optimizer, 0.5, 3)
    for _ in range(3):
        schedule.step()
    with pytest.raises(StateError, match="OneCycleLR expected at most total_steps=3 steps, got step 4"):
        schedule.step()
