"""CosineAnnealingWarmRestarts against PyTorch over several restarts."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule.layers.core import Parameter, ValueRangeError
from chainrule.optim import SGD, CosineAnnealingWarmRestarts


@given(st.integers(1, 20), st.integers(1, 3), st.sampled_from([0.0, 0.01, 0.1]))
@settings(max_examples=30, deadline=None)
def test_numbers_of_torch(pair, T_0, T_mult, eta_min):
    both = pair()
    both.race(both.make("CosineAnnealingWarmRestarts", T_0, T_mult, eta_min))


def test_what_others_did_is_overwritten(pair):
    both = pair()
    both.race(both.make("ExponentialLR", 0.9), both.make("CosineAnnealingWarmRestarts", 7, 2))


def test_wrong_lengths():
    for options in ({"T_0": 0}, {"T_0": 3, "T_mult": 0}):
        with pytest.raises(ValueRangeError, match="CosineAnnealingWarmRestarts expected T_"):
            CosineAnnealingWarmRestarts(SGD([Parameter(np.zeros(1))]), **options)
