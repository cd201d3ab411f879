"""Double backpropagation: right against differences, the shortcut equal to the general way, refused and cheaper."""

import time

import numpy as np
import pytest

from chainrule.backprop import double_backward, input_gradient
from chainrule.layers import (
    AvgPool2d,
    BatchNorm2d,
    Conv2d,
    Flatten,
    Linear,
    Maxout,
    MaxPool2d,
    ReLU,
    Softplus,
    Tanh,
)
from chainrule.layers.core import ValueRangeError
from chainrule.models import Sequential


def half_square(grad_x):
    return float((grad_x**2).sum()) / 2, grad_x


def picture_network(activation, pool, norm):
    norms = [BatchNorm2d(3)] if norm else []
    return Sequential(Conv2d(2, 3, 3), *norms, activation, pool, Flatten(), Linear(12, 3))


NETWORKS = {
    "tanh": (lambda: Sequential(Linear(4, 6), Tanh(), Linear(6, 3)), (5, 4)),
    "softplus": (lambda: Sequential(Linear(4, 6), Softplus(), Linear(6, 3)), (5, 4)),
    "convolution": (lambda: picture_network(Tanh(), MaxPool2d(2), norm=False), (2, 2, 6, 6)),
    "pool": (lambda: picture_network(Softplus(), AvgPool2d(2), norm=False), (2, 2, 6, 6)),
    "batch norm": (lambda: picture_network(Tanh(), MaxPool2d(2), norm=True), (4, 2, 6, 6)),
    "relu": (lambda: Sequential(Linear(4, 6), ReLU(), Linear(6, 3)), (5, 4)),
    "maxout": (lambda: Sequential(Linear(4, 6), Maxout(6, 5, k=2), Linear(5, 3)), (5, 4)),
    "relu convolution": (lambda: picture_network(ReLU(), MaxPool2d(2), norm=False), (2, 2, 6, 6)),
}
STRAIGHT = ("relu", "maxout", "relu convolution")


def made(name):
    make, shape = NETWORKS[name]
    rng = np.random.default_rng(3)
    model = make().astype(np.float64)
    for parameter in model.parameters():
        parameter.data = rng.normal(size=parameter.shape) * 0.5
    x = rng.normal(size=shape)
    return model, x, rng.normal(size=model.forward(x).shape)


def gradients(model, u, **options):
    model.zero_grad()
    double_backward(model, u, half_square, **options)
    return [parameter.grad.copy() for parameter in model.parameters()]


@pytest.mark.parametrize("name", NETWORKS)
def test_gradient_against_differences(name):
    model, x, u = made(name)
    found, eps = gradients(model, u), 1e-5

    def price():
        model.forward(x)
        return half_square(input_gradient(model, u))[0]
    for parameter, grad in zip(model.parameters(), found, strict=True):
        flat, slopes = parameter.data.reshape(-1), []
        for index in range(flat.size):
            start = flat[index]
            flat[index] = start + eps
            above = price()
            flat[index] = start - eps
            slopes.append((above - price()) / (2 * eps))
            flat[index] = start
        np.testing.assert_allclose(grad.ravel(), slopes, rtol=1e-6, atol=1e-6 * max(1, np.abs(slopes).max()))


@pytest.mark.parametrize("name", STRAIGHT)
def test_the_shortcut_equals_the_general_way(name):
    model, _, u = made(name)
    for short, general in zip(gradients(model, u, shortcut=True), gradients(model, u, shortcut=False), strict=True):
        np.testing.assert_allclose(short, general, rtol=1e-12, atol=1e-12)
    weights = np.random.default_rng(0).normal(size=u.shape)
    for short, general in zip(*(gradients(model, u, shortcut=way, curvature=lambda y_dot: weights * y_dot)
                                for way in (True, False)), strict=True):
        np.testing.assert_allclose(short, general, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("name", sorted(set(NETWORKS) - set(STRAIGHT)))
def test_the_shortcut_is_refused_where_the_network_bends(name):
    model, _, u = made(name)
    with pytest.raises(ValueRangeError, match="double_backward expected a locally linear network for shortcut=True"):
        double_backward(model, u, half_square, shortcut=True)


def test_gradients_add_and_frozen_parameters_are_left_alone():
    model, _, u = made("tanh")
    once = gradients(model, u)
    double_backward(model, u, half_square)
    for parameter, grad in zip(model.parameters(), once, strict=True):
        np.testing.assert_allclose(parameter.grad, 2 * grad, atol=1e-14)
    model[0].weight.requires_grad = False
    model.zero_grad()
    double_backward(model, u, half_square)
    assert not model[0].weight.grad.any()
    np.testing.assert_allclose(model[2].weight.grad, once[2], atol=1e-14)


class Counted(Linear):
    """A Linear that counts the products it takes."""

    products = 0

    def forward(self, x):
        Counted.products += 1
        return super().forward(x)

    def backward(self, grad_out):
        Counted.products += self.needs_input_grad + self.weight.requires_grad
        return super().backward(grad_out)

    def jvp(self, x_dot):
        Counted.products += (x_dot is not None) + (self.weight.dot is not None)
        return super().jvp(x_dot)

    def backward_jvp(self, grad_out, grad_out_dot):
        (x_dot,) = self.tangent
        Counted.products += 2 * (grad_out_dot is not None) + (x_dot is not None)
        return super().backward_jvp(grad_out, grad_out_dot)


def deep(kind, width, depth=8):
    return Sequential(*(layer for _ in range(depth) for layer in (kind(width, width), ReLU())), kind(width, 1))


def test_the_shortcut_multiplies_less():
    """Against Etmann's general way of 6 products a layer; ours, that goes through backward_jvp, takes more."""
    model = deep(Counted, 16)
    x, u, counts = np.ones((4, 16), np.float32), np.ones((4, 1), np.float32), {}
    for way in (True, False):
        Counted.products = 0
        model.forward(x)
        double_backward(model, u, half_square, shortcut=way)
        counts[way] = Counted.products
    assert counts[True] == 4 * 9
    assert counts[True] / (6 * 9) <= 0.70
    assert counts[True] / counts[False] <= 0.70


@pytest.mark.long
def test_the_shortcut_takes_less_time():
    model = deep(Linear, 256)
    x, u, seconds = np.ones((256, 256), np.float32), np.ones((256, 1), np.float32), {True: [], False: []}
    for _ in range(10):
        for way in (True, False):
            start = time.thread_time()
            model.forward(x)
            double_backward(model, u, half_square, shortcut=way)
            seconds[way].append(time.thread_time() - start)
    assert min(seconds[True]) <= 0.80 * min(seconds[False])
