"""SequentialLR against PyTorch: warm-up, then another schedule."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule.layers.core import Parameter, ValueRangeError
from chainrule.optim import SGD, CosineAnnealingLR, LinearLR, ReduceLROnPlateau, SequentialLR, StepLR


@given(st.integers(1, 12), st.integers(0, 10), st.integers(1, 20))
@settings(max_examples=30, deadline=None)
def test_numbers_of_torch(pair, warm_up, then, T_max):
    both = pair()
    parts = [both.make("LinearLR", total_iters=warm_up), both.make("CosineAnnealingLR", T_max, eta_min=0.01),
             both.make("StepLR", 3)]
    both.race(both.make_sequence(parts, [warm_up, warm_up + then + T_max]), steps=60)


def test_wrong_parts():
    optimizer, other = (SGD([Parameter(np.zeros(1))]) for _ in range(2))
    for schedulers, milestones in (([StepLR(optimizer, 2)], [3]), ([LinearLR(optimizer)] * 3, [5, 2]), ([], [])):
        with pytest.raises(ValueRangeError, match="SequentialLR expected rising milestones, one fewer than its"):
            SequentialLR(optimizer, schedulers, milestones)
    with pytest.raises(ValueRangeError, match="that need no metric, got ReduceLROnPlateau"):
        SequentialLR(optimizer, [LinearLR(optimizer), ReduceLROnPlateau(optimizer)], [3])
    with pytest.raises(ValueRangeError, match="of its own optimiser"):
        SequentialLR(optimizer, [LinearLR(optimizer), CosineAnnealingLR(other, 3)], [3])
