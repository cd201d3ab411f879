"""Formulas with numbers put in: only what is true is written."""

import numpy as np
import pytest

from chainrule.experiments.tracing.worked_formula import worked_formula

x, weight, bias = np.array([[1.0, 2.0], [0.5, -1.0]]), np.array([[3.0, -1.0]]), np.array([0.5])
y = x @ weight.T + bias


@pytest.mark.parametrize(("formula", "arrays", "worked"), [
    ("y = x @ weight.T + bias", {"x": x, "weight": weight, "bias": bias, "y": y},
     "y[0, 0] = [1 2] · [3 -1] + 0.5 = 1.5"),
    ("y = tanh(x)", {"x": x, "y": np.tanh(x)}, "y[0, 0] = tanh(1) = 0.7616"),
    ("grad_x = grad_out * (1 - y**2)      (BP2)", {"grad_out": x, "y": x / 4, "grad_x": x * (1 - x**2 / 16)},
     "grad_x[0, 0] = 1 · (1 - 0.25**2) = 0.9375"),
    ("grad_x = grad_out * (x > 0); the subgradient at 0 is 0", {"grad_out": x, "x": x, "grad_x": x * (x > 0)},
     "grad_x[0, 0] = 1 · (1 > 0) = 1"),
    ("grad_bias = grad_out, summed over the leading axes", {"grad_out": x, "grad_bias": x.sum(axis=0)},
     "grad_bias[0] = 1 + 0.5 = 1.5"),
    ("y = x - bias", {"x": np.array([1.0]), "bias": np.array([-2.0]), "y": np.array([3.0])},
     "y[0] = 1 - (-2) = 3"),
])
def test_plain_formulas(formula, arrays, worked):
    assert worked_formula(formula, arrays) == worked


@pytest.mark.parametrize(("formula", "arrays"), [
    ("y = x @ weight.T + bias", {"x": x, "weight": weight, "bias": bias, "y": y + 1}),          # not true
    ("y = unknown(x)", {"x": x, "y": x}), ("as one step of LSTM", {"x": x}), ("y = x.sum()", {"x": x, "y": x.sum()}),
    ("y = z", {"y": x}), ("y = __import__('os')", {"y": x}), ("y = )", {"y": x})])
def test_what_is_not_plain_or_not_true_is_left_out(formula, arrays):
    assert worked_formula(formula, arrays) is None
