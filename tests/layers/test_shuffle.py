"""Moving values between channels and space, against PyTorch."""

import numpy as np
import pytest

from chainrule.layers import ChannelShuffle, PixelShuffle, PixelUnshuffle, Reshape, Transpose
from chainrule.layers.core import ShapeError


def normal(*shape):
    return np.random.default_rng(0).normal(size=shape)


@pytest.mark.parametrize(("r", "shape"), [(2, (3, 8, 2, 5)), (3, (9, 4, 2)), (1, (2, 3, 4, 5)), (2, (2, 3, 4, 1, 3))])
def test_pixel_shuffle_agrees_with_torch(agrees, r, shape):
    torch = pytest.importorskip("torch")
    agrees(PixelShuffle(r), torch.nn.PixelShuffle(r), normal(*shape))


@pytest.mark.parametrize(("r", "shape"), [(2, (3, 2, 4, 6)), (3, (2, 3, 9))])
def test_pixel_unshuffle_agrees_with_torch(agrees, r, shape):
    torch = pytest.importorskip("torch")
    agrees(PixelUnshuffle(r), torch.nn.PixelUnshuffle(r), normal(*shape))


@pytest.mark.parametrize(("groups", "shape"), [(2, (3, 6, 4, 5)), (3, (1, 6, 2)), (1, (2, 5, 2, 2, 2))])
def test_channel_shuffle_agrees_with_torch(agrees, groups, shape):
    torch = pytest.importorskip("torch")
    if len(shape) > 3:
        agrees(ChannelShuffle(groups), torch.nn.ChannelShuffle(groups), normal(*shape))
    y = ChannelShuffle(groups).forward(x := normal(*shape))
    width = shape[1] // groups
    for channel in range(shape[1]):
        group, place = divmod(channel, width)
        np.testing.assert_array_equal(y[:, place * groups + group], x[:, channel])


@pytest.mark.parametrize(("shape", "x_shape"), [((2, 3), (5, 6)), ((-1,), (5, 2, 3)), ((3, -1, 2), (4, 12)),
                                                ((6,), (2, 6))])
def test_reshape_keeps_the_batch(agrees, shape, x_shape):
    pytest.importorskip("torch")
    agrees(Reshape(shape), lambda x: x.reshape(len(x), *shape), normal(*x_shape))


def test_transpose_agrees_with_torch(agrees):
    pytest.importorskip("torch")
    agrees(Transpose(-1, 1), lambda x: x.transpose(-1, 1), normal(2, 3, 4, 5))


@pytest.mark.parametrize(("layer", "shape", "shown"), [
    (PixelShuffle(2), (1, 6, 2, 2), "a number of channels that 4 divides"),
    (PixelUnshuffle(2), (1, 3, 2), "height and width that 2 divides"),
    (ChannelShuffle(4), (1, 6, 2), "C that 4 divides"),
    (Reshape((4, -1)), (5, 6), r"expected x with 4 values an example \(or a multiple for -1\)"),
    (Reshape((-1, -1)), (5, 6), "expected x with"),
    (Transpose(0, 3), (5, 6), "expected x with axes 0 and 3"),
])
def test_what_does_not_fit_is_refused(layer, shape, shown):
    with pytest.raises(ShapeError, match=shown):
        layer.forward(np.zeros(shape))
