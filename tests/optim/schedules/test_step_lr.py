"""StepLR against PyTorch."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule.layers.core import Parameter, ValueRangeError
from chainrule.optim import SGD, StepLR


@given(st.integers(1, 30), st.sampled_from([0.1, 0.5, 1.0, 1.5]))
@settings(max_examples=20, deadline=None)
def test_numbers_of_torch(pair, step_size, gamma):
    both = pair()
    both.race(both.make("StepLR", step_size, gamma))


def test_wrong_step_size():
    with pytest.raises(ValueRangeError, match="StepLR expected step_size as a whole number of at least 1, got 0"):
        StepLR(SGD([Parameter(np.zeros(1))]), step_size=0)
