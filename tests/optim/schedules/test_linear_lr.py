"""LinearLR against PyTorch."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule.layers.core import Parameter, ValueRangeError
from chainrule.optim import SGD, LinearLR


@given(st.sampled_from([1e-3, 1 / 3, 1.0]), st.sampled_from([0.0, 0.5, 1.0]), st.integers(1, 60))
@settings(max_examples=30, deadline=None)
def test_numbers_of_torch(pair, start_factor, end_factor, total_iters):
    both = pair()
    both.race(both.make("LinearLR", start_factor, end_factor, total_iters), steps=70)


def test_wrong_factors():
    for options in ({"start_factor": 0.0}, {"start_factor": 2.0}, {"end_factor": -0.1}):
        with pytest.raises(ValueRangeError, match="LinearLR expected"):
            LinearLR(SGD([Parameter(np.zeros(1))]), **options)
