"""Transposed convolutions against PyTorch, and against the convolutions whose adjoint they are."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule import layers
from chainrule.layers import Conv2d, ConvTranspose2d
from chainrule.layers.core import ShapeError, ValueRangeError


@st.composite
def cases(draw, axes):
    groups = draw(st.integers(1, 2))
    each = lambda low, high: tuple(draw(st.lists(st.integers(low, high), min_size=axes, max_size=axes)))  # noqa: E731
    stride, dilation, kernel = each(1, 3), each(1, 2), each(1, 3)
    options = {"in_channels": groups * draw(st.integers(1, 2)), "out_channels": groups * draw(st.integers(1, 3)),
               "kernel_size": kernel, "stride": stride, "dilation": dilation, "groups": groups,
               "padding": tuple(draw(st.integers(0, (k - 1) * d // 2)) for k, d in zip(kernel, dilation, strict=True)),
               "output_padding": tuple(draw(st.integers(0, max(s, d) - 1))
                                       for s, d in zip(stride, dilation, strict=True)), "bias": draw(st.booleans())}
    lead = draw(st.sampled_from([(), (1,), (3,)]))
    return options, np.random.default_rng(draw(st.integers(0, 99))).normal(
        size=(*lead, options["in_channels"], *each(1, 4)))


@pytest.mark.parametrize("axes", [1, 2, 3])
def test_agrees_with_torch(agrees, axes):
    torch = pytest.importorskip("torch")
    name = f"ConvTranspose{axes}d"

    @settings(max_examples=40)
    @given(case=cases(axes))
    def compare(case):
        options, x = case
        agrees(getattr(layers, name)(**options), getattr(torch.nn, name)(**options), x)

    compare()


def test_it_is_the_adjoint_of_the_convolution_with_the_same_weight():
    rng = np.random.default_rng(0)
    conv = Conv2d(4, 6, 3, stride=2, padding=1, groups=2, bias=False).astype(np.float64)
    transposed = ConvTranspose2d(6, 4, 3, stride=2, padding=1, groups=2, bias=False).astype(np.float64)
    transposed.weight.data = conv.weight.data
    x = rng.normal(size=(2, 4, 7, 9))
    y = conv.forward(x)
    z = rng.normal(size=y.shape)
    np.testing.assert_allclose((y * z).sum(), (x * transposed.forward(z, (7, 9))).sum(), rtol=1e-12)


def test_an_output_size_chooses_among_those_that_fit():
    torch = pytest.importorskip("torch")
    layer, theirs = ConvTranspose2d(2, 3, 3, stride=3), torch.nn.ConvTranspose2d(2, 3, 3, stride=3)
    layer.load_state_dict(theirs.state_dict())
    x = np.random.default_rng(0).normal(size=(2, 2, 4, 5)).astype(np.float32)
    expected = theirs(torch.tensor(x), output_size=(14, 15)).detach()
    np.testing.assert_allclose(layer.forward(x, (14, 15)), expected, atol=1e-5)
    with pytest.raises(ShapeError, match=r"expected output_size from \(12, 15\) to less than a stride more"):
        layer.forward(x, (11, 15))


def test_impossible_options_are_refused():
    with pytest.raises(ValueRangeError, match="expected output_padding below stride or dilation, got 2"):
        ConvTranspose2d(2, 3, 3, stride=2, output_padding=2)
    with pytest.raises(ShapeError, match=r"expected x of shape \(N, 2, H, W\), got \(1, 3, 4, 4\)"):
        ConvTranspose2d(2, 3, 3).forward(np.zeros((1, 3, 4, 4)))
