"""The elementwise family: one rule from value, slope and curvature."""

import numpy as np
import pytest

from chainrule.layers import Elementwise, ReLU, Tanh
from chainrule.layers.core import ShapeError, cache_bytes


class Cube(Elementwise):
    keeps = "xy"

    def value(self, x):
        return x**3

    def slope(self, x, y):
        return 3 * x**2

    def curvature(self, x, y):
        return 6 * x


def test_second_order_of_a_function_anyone_can_differentiate():
    cube, (x, x_dot, grad_out, grad_out_dot) = Cube(), np.random.default_rng(0).normal(size=(4, 3, 2))
    cube.forward(x)
    np.testing.assert_allclose(cube.jvp(x_dot), 3 * x**2 * x_dot)
    grad_x, grad_x_dot = cube.backward_jvp(grad_out, grad_out_dot)
    np.testing.assert_allclose(grad_x, grad_out * 3 * x**2)
    np.testing.assert_allclose(grad_x_dot, grad_out_dot * 3 * x**2 + grad_out * 6 * x * x_dot)
    assert cube.jvp(None) is None
    assert cube.backward_jvp(grad_out, None)[1] is None


@pytest.mark.parametrize(("layer", "arrays"), [(Tanh(), 1), (Cube(), 2), (ReLU(), 1)])
def test_only_what_the_slope_reads_is_kept(layer, arrays):
    x = np.ones((5, 4), np.float32)
    layer.forward(x)
    assert cache_bytes(layer.cache) == arrays * x.nbytes == layer.describe(x.shape).cache_bytes()


def test_the_gradient_must_fit_the_output():
    layer = Tanh()
    layer.forward(np.ones((5, 4)))
    with pytest.raises(ShapeError, match=r"Tanh\(\) expected grad_out of shape \(5, 4\), got \(4,\)"):
        layer.backward(np.ones(4))


def test_a_function_without_curvature_says_so():
    class Bare(Elementwise):
        def value(self, x):
            return x

        def slope(self, x, y):
            return np.ones_like(y)

    with pytest.raises(NotImplementedError, match=r"Bare\.curvature"):
        Bare().curvature(np.ones(1), np.ones(1))
