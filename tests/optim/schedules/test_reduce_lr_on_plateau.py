"""ReduceLROnPlateau against PyTorch over all its options."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule.layers.core import Parameter, StateError, UnknownNameError, ValueRangeError
from chainrule.optim import SGD, ReduceLROnPlateau


@given(st.fixed_dictionaries({
    "mode": st.sampled_from(["min", "max"]), "factor": st.sampled_from([0.1, 0.5]), "patience": st.integers(0, 4),
    "threshold": st.sampled_from([1e-4, 0.1]), "threshold_mode": st.sampled_from(["rel", "abs"]),
    "cooldown": st.integers(0, 3), "min_lr": st.sampled_from([0.0, 1e-3, [1e-2, 1e-4]]),
    "eps": st.sampled_from([1e-8, 1e-3])}), st.lists(st.floats(-2, 2), min_size=30, max_size=30))
@settings(max_examples=60, deadline=None)
def test_numbers_of_torch(pair, options, metrics):
    both = pair()
    mine, theirs = both.make("ReduceLROnPlateau", **options)
    for metric in [*metrics, np.float32(0.5), float("nan")]:
        mine.step(metric)
        theirs.step(metric)
        both.compare()
        assert (mine.num_bad_epochs, mine.cooldown_counter) == (theirs.num_bad_epochs, theirs.cooldown_counter)
    assert mine.get_last_lr() == both.rates()


def test_a_saved_state_goes_on():
    optimizer = SGD([Parameter(np.zeros(1))], lr=1.0)
    first = ReduceLROnPlateau(optimizer, patience=2)
    for metric in (1.0, 2.0, 2.0):
        first.step(metric)
    again = ReduceLROnPlateau(optimizer, patience=2)
    again.load_state_dict(first.state_dict())
    again.step(2.0)
    assert optimizer.param_groups[0]["lr"] == pytest.approx(0.1)


def test_wrong_arguments():
    optimizer = SGD([Parameter(np.zeros(1))])
    with pytest.raises(StateError, match="expected the number to judge by"):
        ReduceLROnPlateau(optimizer).step()
    with pytest.raises(UnknownNameError, match="mode of ReduceLROnPlateau 'mim' – did you mean 'min'"):
        ReduceLROnPlateau(optimizer, mode="mim")
    with pytest.raises(ValueRangeError, match=r"factor in \[0, 1\), got 1.0"):
        ReduceLROnPlateau(optimizer, factor=1.0)
    with pytest.raises(ValueRangeError, match="one min_lr, or one for each of the 1 groups, got 2"):
        ReduceLROnPlateau(optimizer, min_lr=[0.1, 0.2])
