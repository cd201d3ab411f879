"""Interpolation against PyTorch in every mode."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule.layers import Upsample, UpsamplingBilinear2d, UpsamplingNearest2d
from chainrule.layers.core import ShapeError, UnknownNameError, ValueRangeError

AXES = {"linear": 1, "bilinear": 2, "bicubic": 2, "trilinear": 3}


@settings(max_examples=120, deadline=None, derandomize=True)
@given(mode=st.sampled_from(["nearest", *AXES]), data=st.data(), corners=st.booleans(), sized=st.booleans())
def test_agrees_with_torch(agrees, mode, data, corners, sized):
    torch = pytest.importorskip("torch")
    axes = AXES.get(mode) or data.draw(st.integers(1, 3))
    spatial = data.draw(st.lists(st.integers(1, 6), min_size=axes, max_size=axes))
    corners = None if mode == "nearest" else corners
    if sized:
        size = tuple(data.draw(st.lists(st.integers(1, 8), min_size=axes, max_size=axes)))
        options = {"size": size}
    else:
        options = {"scale_factor": data.draw(st.sampled_from([1.0, 2.0, 3.0, 1.5, 2.7, (2.0, 1.0, 1.3)[:axes]]))}
    x = np.random.default_rng(0).normal(size=(2, 3, *spatial))
    agrees(Upsample(mode=mode, align_corners=corners, **options),
           torch.nn.Upsample(mode=mode, align_corners=corners, **options), x)


def test_the_older_names_agree_with_torch(agrees):
    torch = pytest.importorskip("torch")
    x = np.random.default_rng(0).normal(size=(2, 3, 4, 5))
    agrees(UpsamplingNearest2d(scale_factor=2), torch.nn.UpsamplingNearest2d(scale_factor=2), x)
    agrees(UpsamplingBilinear2d(size=(7, 3)), torch.nn.UpsamplingBilinear2d(size=(7, 3)), x)


def test_constant_pictures_stay_constant_and_float32_stays_float32():
    for mode in ("nearest", "bilinear", "bicubic"):
        y = Upsample(scale_factor=2.5, mode=mode).forward(np.full((1, 2, 3, 4), 7, np.float32))
        assert y.dtype == np.float32
        np.testing.assert_allclose(y, 7, rtol=1e-6)


@pytest.mark.parametrize(("make", "shape", "error", "shown"), [
    (lambda: Upsample(), (1, 1, 2), ValueRangeError, "expected either size or scale_factor, got None and None"),
    (lambda: Upsample(2, 2.0), (1, 1, 2), ValueRangeError, "expected either size or scale_factor, got 2 and 2.0"),
    (lambda: Upsample(2, mode="cubic"), (1, 1, 2), UnknownNameError, "did you mean 'bicubic'"),
    (lambda: Upsample(2, mode="bilinear"), (1, 1, 2), ShapeError, "with 2 spatial axes, got"),
    (lambda: Upsample((2, 3)), (1, 1, 2), ShapeError, "with 2 spatial axes, got 1"),
    (lambda: Upsample(scale_factor=0.2), (1, 1, 2), ShapeError, "leave something"),
])
def test_what_does_not_fit_is_refused(make, shape, error, shown):
    with pytest.raises(error, match=shown):
        make().forward(np.zeros(shape))
