"""What a convolution is: shared weights, a scanned network, a linear map that composes, a window that grows."""

import numpy as np
import pytest
from scipy.signal import convolve

from chainrule.layers import Linear, Tanh
from chainrule.layers.conv import Conv2d
from chainrule.models import Sequential

INPUTS, OUTPUTS, KERNEL, STRIDE = 3, 4, (3, 2), (2, 1)
TAPS = INPUTS * KERNEL[0] * KERNEL[1]


def places(x):
    """Yield, for every output of a convolution, where it lies and where its window lies."""
    for h in range((x.shape[2] - KERNEL[0]) // STRIDE[0] + 1):
        for w in range((x.shape[3] - KERNEL[1]) // STRIDE[1] + 1):
            top, left = h * STRIDE[0], w * STRIDE[1]
            yield (..., h, w), (..., slice(top, top + KERNEL[0]), slice(left, left + KERNEL[1]))


def equal(mine, other):
    np.testing.assert_allclose(mine, other, rtol=1e-12, atol=1e-12)


def test_the_weight_gradient_is_the_sum_over_unshared_copies():
    rng = np.random.default_rng(0)
    shared = Conv2d(INPUTS, OUTPUTS, KERNEL, STRIDE).astype(np.float64)
    x = rng.normal(size=(2, INPUTS, 7, 6))
    y = shared.forward(x)
    grad_out = rng.normal(size=y.shape)
    grad_x = shared.backward(grad_out)
    sum_weight, sum_bias, sum_x = np.zeros((OUTPUTS, TAPS)), np.zeros(OUTPUTS), np.zeros(x.shape)
    for output, window in places(x):
        copy = Linear(TAPS, OUTPUTS).astype(np.float64)         # every position has weights of its own
        copy.weight.data, copy.bias.data = shared.weight.data.reshape(OUTPUTS, TAPS), shared.bias.data
        equal(copy.forward(x[window].reshape(2, TAPS)), y[output])
        sum_x[window] += copy.backward(grad_out[output]).reshape(2, INPUTS, *KERNEL)
        sum_weight += copy.weight.grad
        sum_bias += copy.bias.grad
    equal(shared.weight.grad.reshape(OUTPUTS, TAPS), sum_weight)
    equal(shared.bias.grad, sum_bias)
    equal(grad_x, sum_x)


def test_a_scanned_network_is_a_convolutional_network():
    rng = np.random.default_rng(1)
    scanned = Sequential(Linear(TAPS, 5), Tanh(), Linear(5, OUTPUTS)).astype(np.float64)
    network = Sequential(Conv2d(INPUTS, 5, KERNEL, STRIDE), Tanh(), Conv2d(5, OUTPUTS, 1)).astype(np.float64)
    for (_, ours), (_, theirs) in zip(network.named_parameters(), scanned.named_parameters(), strict=True):
        ours.data = theirs.data.reshape(ours.shape)
    x = rng.normal(size=(2, INPUTS, 9, 5))
    y = network.forward(x)
    grad_out = rng.normal(size=y.shape)
    grad_x, scanned_grad_x = network.backward(grad_out), np.zeros(x.shape)
    for output, window in places(x):                            # one network, at one place after the other
        equal(scanned.forward(x[window].reshape(2, TAPS)), y[output])
        scanned_grad_x[window] += scanned.backward(grad_out[output]).reshape(2, INPUTS, *KERNEL)
    equal(grad_x, scanned_grad_x)
    for (_, ours), (_, theirs) in zip(network.named_parameters(), scanned.named_parameters(), strict=True):
        equal(ours.grad.reshape(theirs.shape), theirs.grad)


@pytest.mark.parametrize("stride", [1, 2, 3])
def test_two_convolutions_without_a_nonlinearity_are_one(stride):
    first, second = Conv2d(INPUTS, 5, KERNEL, stride), Conv2d(5, OUTPUTS, (2, 3), (1, 2))
    both = Sequential(first, second).astype(np.float64)
    apart = np.zeros((OUTPUTS, 5, stride + 1, 2 * stride + 1))
    apart[:, :, ::stride, ::stride] = second.weight.data        # its taps lie a stride of the first apart
    weight = np.array([[sum(convolve(apart[o, m], first.weight.data[m, c]) for m in range(5)) for c in range(INPUTS)]
                       for o in range(OUTPUTS)])
    one = Conv2d(INPUTS, OUTPUTS, weight.shape[2:], (stride, 2 * stride)).astype(np.float64)
    one.weight.data = weight
    one.bias.data = second.bias.data + second.weight.data.sum(axis=(2, 3)) @ first.bias.data
    x = np.random.default_rng(2).normal(size=(2, INPUTS, 13, 17))
    y = both.forward(x)
    equal(one.forward(x), y)
    equal(one.backward(y), both.backward(y))
    assert one.describe(x.shape).field == both.describe(x.shape).field


@pytest.mark.parametrize("kernel", [2, 3, 5])
@pytest.mark.parametrize("depth", [1, 2, 4])
def test_the_receptive_field_grows_by_a_kernel_less_one(kernel, depth):
    extent = 1 + depth * (kernel - 1)
    stack = Sequential(*(Conv2d(1, 1, kernel, padding="same") for _ in range(depth))).astype(np.float64)
    size = 2 * extent + 1
    assert stack.describe((1, 1, size, size)).field == ((extent, 1), (extent, 1))
    grad_out = np.zeros(stack.forward(np.ones((1, 1, size, size))).shape)
    grad_out[0, 0, size // 2, size // 2] = 1
    for seen in np.nonzero(stack.backward(grad_out)[0, 0]):     # the rows, then the columns that one output sees
        assert seen.max() - seen.min() + 1 == extent


def test_a_pointwise_convolution_is_a_linear_layer_at_every_pixel():
    rng = np.random.default_rng(3)
    conv, linear = Conv2d(5, OUTPUTS, 1).astype(np.float64), Linear(5, OUTPUTS).astype(np.float64)
    linear.weight.data, linear.bias.data = conv.weight.data.reshape(OUTPUTS, 5), conv.bias.data
    x = rng.normal(size=(2, 5, 4, 6))
    y = conv.forward(x)
    grad_out = rng.normal(size=y.shape)
    equal(np.moveaxis(linear.forward(np.moveaxis(x, 1, -1)), -1, 1), y)
    equal(np.moveaxis(linear.backward(np.moveaxis(grad_out, 1, -1)), -1, 1), conv.backward(grad_out))
    equal(conv.weight.grad.reshape(OUTPUTS, 5), linear.weight.grad)
