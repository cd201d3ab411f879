"""ConstantLR against PyTorch."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule.layers.core import Parameter, ValueRangeError
from chainrule.optim import SGD, ConstantLR


@given(st.sampled_from([1e-3, 1 / 3, 1.0]), st.integers(1, 60))
@settings(max_examples=20, deadline=None)
def test_numbers_of_torch(pair, factor, total_iters):
    both = pair()
    both.race(both.make("ConstantLR", factor, total_iters))


def test_zero_at_first():
    schedule = ConstantLR(SGD([Parameter(np.zeros(1))], lr=0.5), factor=0.0, total_iters=2)
    rates = schedule.get_last_lr()
    for _ in range(3):
        schedule.step()
        rates += schedule.get_last_lr()
    assert rates == [0, 0, 0.5, 0.5]


def test_wrong_factor():
    with pytest.raises(ValueRangeError, match=r"ConstantLR expected factor in \[0, 1\], got 2"):
        ConstantLR(SGD([Parameter(np.zeros(1))]), factor=2)
