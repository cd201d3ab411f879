"""PolynomialLR against PyTorch."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule.layers.core import Parameter, ValueRangeError
from chainrule.optim import SGD, PolynomialLR


@given(st.integers(1, 60), st.sampled_from([0.5, 1.0, 2.0, 3.7]))
@settings(max_examples=25, deadline=None)
def test_numbers_of_torch(pair, total_iters, power):
    both = pair()
    both.race(both.make("PolynomialLR", total_iters, power))


def test_wrong_options():
    with pytest.raises(ValueRangeError, match="total_iters as a whole number of at least 1, got 0"):
        PolynomialLR(SGD([Parameter(np.zeros(1))]), total_iters=0)
    with pytest.raises(ValueRangeError, match=r"PolynomialLR expected power in \[0, inf\], got -1"):
        PolynomialLR(SGD([Parameter(np.zeros(1))]), power=-1)
