"""Adaptive pools against PyTorch."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainrule import layers
from chainrule.layers import AdaptiveAvgPool2d, AdaptiveMaxPool1d
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


@given(axes=st.integers(1, 3), data=st.data(), batched=st.booleans(), ties=st.booleans())
def test_indices_agree_with_torch(agrees_with_indices, axes, data, batched, ties):
    torch = pytest.importorskip("torch")
    spatial = data.draw(st.lists(st.integers(1, 9), min_size=axes, max_size=axes))
    size = tuple(data.draw(st.integers(1, 9)) for _ in spatial)
    x = np.random.default_rng(0).normal(size=(*((2,) if batched else ()), 3, *spatial))
    name = f"AdaptiveMaxPool{axes}d"
    agrees_with_indices(getattr(layers, name)(size, return_indices=True),
                        getattr(torch.nn, name)(size, return_indices=True), np.round(x) if ties else x)


def test_shares_of_a_long_axis_are_means_of_slices():
    x = np.random.default_rng(0).normal(size=(2, 11, 300)).astype(np.float32)
    y = layers.AdaptiveAvgPool1d(7).forward(x)
    slices = [x[..., p * 300 // 7:-(-(p + 1) * 300 // 7)].mean(axis=-1, dtype=np.float64) for p in range(7)]
    np.testing.assert_allclose(y, np.stack(slices, axis=-1), atol=1e-6)
    assert y.dtype == np.float32
    assert y.flags.c_contiguous


def test_more_outputs_than_values_repeat_them():
    y, indices = AdaptiveMaxPool1d(5, return_indices=True).forward(np.array([[7.0, 9.0]]))
    assert (y.tolist(), indices.tolist()) == ([[7.0, 7.0, 9.0, 9.0, 9.0]], [[0, 0, 1, 1, 1]])


def test_what_does_not_fit_is_refused():
    with pytest.raises(ValueRangeError, match="AdaptiveAvgPool2d expected output_size as one size or 2, got"):
        AdaptiveAvgPool2d((1, 2, 3))
    with pytest.raises(ShapeError, match=r"expected x of shape \(N, C, H, W\), got \(3, 4\)"):
        AdaptiveAvgPool2d(1).forward(np.zeros((3, 4)))
    with pytest.raises(ShapeError, match=r"expected x of shape \(C, L >= 1\), got \(3, 0\); there is nothing to pool"):
        AdaptiveMaxPool1d(2).forward(np.zeros((3, 0)))
