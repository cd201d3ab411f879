"""Numeric derivatives against formulas, SciPy, and the order of their error."""

import numpy as np
import pytest
from scipy.optimize import approx_fprime, rosen, rosen_der

from chainrule.layers import ReLU, Sigmoid
from chainrule.testing import complex_step_gradient, numeric_gradient
from chainrule.testing.numeric import entry_slopes, line_slopes

x = np.array([[0.3, -1.2, 2.5], [40.0, 0.0, -0.7]])


def test_gradient_of_a_scalar_is_that_of_the_formula_and_of_scipy():
    point = np.array([0.5, -1.0, 1.7, 0.2])
    np.testing.assert_allclose(numeric_gradient(rosen, point), rosen_der(point), rtol=1e-7)
    np.testing.assert_allclose(numeric_gradient(rosen, point), approx_fprime(point, rosen), rtol=1e-4)


def test_upstream_gradient_weighs_the_outputs():
    matrix, grad_out = np.arange(12.0).reshape(4, 3), np.array([1.0, -2.0, 0.5, 3.0])
    gradient = numeric_gradient(lambda v: matrix @ v, [0.1, 0.2, 0.3], grad_out)
    np.testing.assert_allclose(gradient, matrix.T @ grad_out, rtol=1e-8)


def test_several_outputs_take_a_tuple_and_none_is_zero():
    def function(v):
        return v**2, (np.sin(v), v)
    gradient = numeric_gradient(function, x, (np.full(x.shape, 2.0), None, np.ones(x.shape)))
    np.testing.assert_allclose(gradient, 4 * x + 1, rtol=1e-7)


def test_point_is_neither_changed_nor_handed_out():
    point, seen = x.copy(), []

    def function(v):
        seen.append(v)
        v *= 2                              # a function that spoils its argument spoils no one else's
        return v.sum()
    np.testing.assert_allclose(numeric_gradient(function, point), np.full(x.shape, 2.0), rtol=1e-7)
    np.testing.assert_array_equal(point, x)
    assert not any(np.may_share_memory(each, point) for each in seen)


def test_a_view_as_output_is_read_before_it_moves():
    np.testing.assert_allclose(numeric_gradient(lambda v: v, x, np.ones(x.shape)), np.ones(x.shape), rtol=1e-9)


def test_numbers_and_empty_arrays():
    assert numeric_gradient(lambda v: v**3, 2.0) == pytest.approx(12, rel=1e-8)
    assert numeric_gradient(lambda v: v.sum(), np.zeros((0, 3))).shape == (0, 3)


def test_error_falls_with_the_square_of_the_step():
    errors = [abs(float(numeric_gradient(np.exp, 1.0, eps=eps)) - np.e) for eps in (1e-2, 1e-3)]
    assert errors[0] / errors[1] == pytest.approx(100, rel=0.01)


def test_complex_step_is_exact_where_central_differences_are_not():
    exact = Sigmoid()
    y = exact.forward(x)
    grad_out = np.arange(6.0).reshape(2, 3)
    gradient = complex_step_gradient(exact.value, x, grad_out)
    np.testing.assert_allclose(gradient, grad_out * y * (1 - y), rtol=1e-14, atol=1e-16)


def test_slopes_on_either_side_of_a_kink():
    slopes = entry_slopes(lambda v: ReLU().forward(v).sum(), np.array([0.0, 1.0, -1.0]), [0, 1, 2])
    np.testing.assert_allclose(slopes.left, [0, 1, 0], atol=1e-9)
    np.testing.assert_allclose(slopes.right, [1, 1, 0], atol=1e-9)
    np.testing.assert_allclose(slopes.central, [0.5, 1, 0], atol=1e-9)
    np.testing.assert_allclose(slopes.gap, [1, 0, 0], atol=1e-9)


def test_noise_is_that_of_the_outputs():
    large, small = (entry_slopes(lambda v, size=size: size + v, np.zeros(3), [0], np.ones(3)) for size in (1e6, 1e-6))
    assert abs(float(large.central[0]) - 1) < large.noise
    assert small.noise < 1e-15
    assert line_slopes(lambda t: np.array([1e6 + t]))[0].noise > 1e-5


def test_slopes_along_a_line_for_every_output():
    first, second = line_slopes(lambda t: (np.array([3 * t, t * t]), np.abs(t)))
    np.testing.assert_allclose(first.central, [3, 0], atol=1e-9)
    assert (float(second.left), float(second.right)) == pytest.approx((-1, 1))
