"""Adaptive pools against PyTorch."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainrule import layers
from chainrule.layers import AdaptiveAvgPool2d
from chainrule.layers.core import ShapeError, ValueRangeError


@given(kind=st.sampled_from(["Avg", "Max"]), axes=st.integers(1, 3), data=st.data(), batched=st.booleans())
def test_agrees_with_torch(agrees, kind, axes, data, batched):
    torch = pytest.importorskip("torch")
    spatial = data.draw(st.lists(st.integers(1, 6), min_size=axes, max_size=axes))
    sizes = [data.draw(st.integers(1, 7)) if axes == 1 else data.draw(st.none() | st.integers(1, 7)) for _ in spatial]
    size = data.draw(st.sampled_from([tuple(sizes), 2]))
    name = f"Adaptive{kind}Pool{axes}d"
    x = np.random.default_rng(0).normal(size=(*((2,) if batched else ()), 3, *spatial))
    agrees(getattr(layers, name)(size), getattr(torch.nn, name)(size), x)


def test_what_does_not_fit_is_refused():
    with pytest.raises(ValueRangeError, match="AdaptiveAvgPool2d expected output_size as one size or 2, got"):
        AdaptiveAvgPool2d((1, 2, 3))
    with pytest.raises(ShapeError, match=r"expected x of shape \(N, C, H, W\) or without N, got \(3, 4\)"):
        AdaptiveAvgPool2d(1).forward(np.zeros((3, 4)))
