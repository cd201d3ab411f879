"""Group normalisation against PyTorch."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainrule.layers import GroupNorm
from chainrule.layers.core import ShapeError, ValueRangeError


@given(groups=st.integers(1, 3), width=st.integers(1, 3), spatial=st.lists(st.integers(1, 4), max_size=3),
       affine=st.booleans(), batch=st.integers(1, 3), seed=st.integers(0, 9))
def test_agrees_with_torch(agrees, groups, width, spatial, affine, batch, seed):
    torch = pytest.importorskip("torch")
    if batch * width * int(np.prod(spatial)) < 2:
        return
    x = np.random.default_rng(seed).normal(size=(batch, groups * width, *spatial))
    agrees(GroupNorm(groups, groups * width, 1e-3, affine), torch.nn.GroupNorm(groups, groups * width, 1e-3, affine), x)


def test_what_does_not_fit_is_refused():
    with pytest.raises(ValueRangeError, match="GroupNorm expected num_groups that divides num_channels 4, got 3"):
        GroupNorm(3, 4)
    with pytest.raises(ShapeError, match=r"expected x of shape \(N, 4, L0\), got \(2, 5, 3\)"):
        GroupNorm(2, 4).forward(np.zeros((2, 5, 3)))
    with pytest.raises(ShapeError, match="expected more than one value to take statistics of"):
        GroupNorm(4, 4).forward(np.zeros((1, 4)))
