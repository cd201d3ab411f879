"""CyclicLR against PyTorch over all its options, momentum too."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule.layers.core import Parameter, UnknownNameError, ValueRangeError
from chainrule.optim import SGD, CyclicLR


@given(st.sampled_from(["SGD", "Adam"]), st.sampled_from([0.01, [0.01, 0.1]]), st.sampled_from([0.5, [0.5, 0.3]]),
       st.fixed_dictionaries({"step_size_up": st.integers(1, 12)}, optional={
           "step_size_down": st.integers(1, 9), "mode": st.sampled_from(["triangular", "triangular2", "exp_range"]),
           "gamma": st.sampled_from([0.9, 1.0]), "scale_fn": st.just(lambda x: 1 / (1 + x)),
           "scale_mode": st.sampled_from(["cycle", "iterations"]), "cycle_momentum": st.booleans(),
           "base_momentum": st.sampled_from([0.7, [0.6, 0.8]]), "max_momentum": st.sampled_from([0.95, [0.9, 0.8]])}))
@settings(max_examples=40, deadline=None)
def test_numbers_of_torch(pair, rule, base_lr, max_lr, options):
    both = pair(rule=rule)
    both.race(both.make("CyclicLR", base_lr, max_lr, **options))


def test_wrong_options():
    optimizer = SGD([Parameter(np.zeros(1))])
    with pytest.raises(UnknownNameError, match="mode of CyclicLR 'triangle' – did you mean 'triangular'"):
        CyclicLR(optimizer, 0.1, 1.0, mode="triangle")
    with pytest.raises(UnknownNameError, match="scale_mode of CyclicLR"):
        CyclicLR(optimizer, 0.1, 1.0, scale_mode="steps")
    with pytest.raises(ValueRangeError, match="CyclicLR expected one max_lr, or one for each of the 1 groups, got 2"):
        CyclicLR(optimizer, 0.1, [1.0, 2.0])
    with pytest.raises(ValueRangeError, match="step_size_down as a whole number of at least 1, got 0"):
        CyclicLR(optimizer, 0.1, 1.0, step_size_down=0)
