"""Pools at random places: given PyTorch's samples they agree with it, else they draw their own."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import chainrule
from chainrule import layers
from chainrule.layers import FractionalMaxPool2d, FractionalMaxPool3d
from chainrule.layers.core import ShapeError, ValueRangeError, replay


@st.composite
def cases(draw):
    """Return the number of axes, options, and an input with samples for it."""
    axes = draw(st.integers(2, 3))
    kernel = tuple(draw(st.integers(1, 4)) for _ in range(axes))
    outputs = tuple(draw(st.integers(1, 5)) for _ in range(axes))
    spatial = tuple(size + count + draw(st.integers(0, 4)) for size, count in zip(kernel, outputs, strict=True))
    options = {"kernel_size": kernel, "output_size": outputs}
    if draw(st.booleans()):
        options = {"kernel_size": kernel,
                   "output_ratio": tuple((count + 0.5) / size for count, size in zip(outputs, spatial, strict=True))}
    rng, lead = np.random.default_rng(draw(st.integers(0, 99))), draw(st.sampled_from([(), (1,), (3,)]))
    x = rng.normal(size=(*lead, 2, *spatial))
    samples = rng.random((lead[0] if lead else 1, 2, axes))
    return axes, options, np.round(x) if draw(st.booleans()) else x, samples


@settings(max_examples=100, deadline=None)
@given(case=cases(), single=st.booleans())
def test_agrees_with_torch_given_its_samples(agrees, agrees_with_indices, case, single):
    torch = pytest.importorskip("torch")
    axes, options, x, samples = case
    kind, function = getattr(layers, f"FractionalMaxPool{axes}d"), getattr(torch.nn.functional,
                                                                           f"fractional_max_pool{axes}d")
    drawn = torch.tensor(samples)
    agrees(kind(**options, _random_samples=samples), lambda x: function(x, **options, _random_samples=drawn), x)
    agrees_with_indices(kind(**options, return_indices=True, _random_samples=samples),
                        lambda x: function(x, **options, return_indices=True, _random_samples=drawn), x)
    if single:
        low = torch.tensor(x, dtype=torch.float32), drawn.float()
        np.testing.assert_array_equal(
            kind(**options, _random_samples=samples.astype(np.float32)).forward(x.astype(np.float32)),
            function(low[0], **options, _random_samples=low[1]).numpy())


def test_every_channel_draws_windows_of_its_own_in_both_modes():
    x = np.broadcast_to(np.arange(40.0), (2, 3, 40, 40)).copy()
    layer = FractionalMaxPool2d(2, output_ratio=0.6, rng=np.random.default_rng(0))
    again = replay(layer)
    y = layer.forward(x)
    assert len({plane.tobytes() for plane in y.reshape(6, -1)}) > 3
    np.testing.assert_array_equal(again(x), y)
    assert (layer.forward(x) != y).any()
    assert (layer.eval().forward(x) != y).any()
    steps = np.diff(y, axis=-1)
    assert set(np.unique(steps[..., :-1])) == {1, 2}       # a ratio of 0.6 mixes steps of one and two
    twin = FractionalMaxPool2d(2, output_ratio=0.6, rng=np.random.default_rng(0))
    np.testing.assert_array_equal(twin.forward(x), y)


def test_without_a_generator_the_package_draws():
    x, outcomes = np.random.default_rng(0).normal(size=(2, 2, 9, 8, 7)), []
    for _ in range(2):
        chainrule.manual_seed(3)
        outcomes.append(FractionalMaxPool3d(2, output_ratio=0.7).forward(x))
    np.testing.assert_array_equal(*outcomes)


@pytest.mark.parametrize(("options", "message"), [
    ({}, "FractionalMaxPool2d expected either output_size or output_ratio, got None and None"),
    ({"output_size": 2, "output_ratio": 0.5}, "expected either output_size or output_ratio, got 2 and 0.5"),
    ({"output_ratio": 1.0}, r"FractionalMaxPool2d expected output_ratio in \(0, 1\), got 1.0"),
    ({"output_ratio": (0.5, 0.5, 0.5)}, "expected output_ratio as one ratio or 2 of them"),
    ({"output_size": (2, 0)}, "FractionalMaxPool2d expected output_size as a whole number of at least 1, got 0"),
])
def test_impossible_options_are_refused(options, message):
    with pytest.raises(ValueRangeError, match=message):
        FractionalMaxPool2d(2, **options)


def test_what_can_not_be_pooled():
    layer = FractionalMaxPool2d(3, output_size=(2, 4))
    with pytest.raises(ShapeError, match=r"expected x of shape \(N, C, H >= 4, W >= 6\), got \(1, 1, 7, 5\); use"):
        layer.forward(np.zeros((1, 1, 7, 5)))
    with pytest.raises(ShapeError, match=r"expected x of which something remains, got \(1, 5\) and thus \(0, 2\)"):
        FractionalMaxPool2d(1, output_ratio=0.5).forward(np.zeros((1, 1, 1, 5)))
    with pytest.raises(ShapeError, match=r"expected _random_samples of shape \(2, 3, 2\), got \(1, 3, 2\)"):
        FractionalMaxPool2d(2, 2, _random_samples=np.zeros((1, 3, 2))).forward(np.zeros((2, 3, 4, 4)))


def test_given_samples_are_copied_and_not_spelt_out():
    samples = np.zeros((1, 3, 2))
    layer = FractionalMaxPool2d(2, 2, _random_samples=samples)
    x = np.random.default_rng(0).normal(size=(1, 3, 5, 6))
    y = layer.forward(x)
    samples[:] = 0.9
    np.testing.assert_array_equal(layer.forward(x), y)
    assert repr(layer) == "FractionalMaxPool2d(2, 2, _random_samples=[[[0.0, 0.0], [0.0, 0.0], [0.0, 0.0]]])"
    assert len(repr(FractionalMaxPool2d(2, 2, _random_samples=np.zeros((9, 3, 2))))) < 80
