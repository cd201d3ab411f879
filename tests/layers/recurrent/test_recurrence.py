"""The walk over time against loops over single numbers, and the initial values."""

import math

import numpy as np
import pytest

from chainrule.layers.recurrent import GRU, LSTM, RNN


def logistic(x):
    return 1 / (1 + math.exp(-x))


def affine(layer, suffix, row, x, h):
    """Return what a row of the weights makes of input and state, the two apart."""
    parts = []
    for weight, bias, values in (("weight_ih", "bias_ih", x), ("weight_hh", "bias_hh", h)):
        weights = getattr(layer, f"{weight}{suffix}").data[row].tolist()
        parts.append(getattr(layer, f"{bias}{suffix}").data[row]
                     + sum(w * value for w, value in zip(weights, values, strict=True)))
    return parts


def walk(layer, suffix, x):
    """Return h after every step of one sequence, number by number."""
    size = layer.hidden_size
    h, c, found = [0.0] * size, [0.0] * size, []
    for x_t in reversed(x) if suffix.endswith("reverse") else x:
        gate = [affine(layer, suffix, row, x_t, h) for row in range(len(layer.weight_ih_l0.data))]
        if isinstance(layer, RNN):
            h = [math.tanh(sum(gate[k])) for k in range(size)]
        elif isinstance(layer, LSTM):
            i, f, g, o = ([sum(gate[k + block * size]) for k in range(size)] for block in range(4))
            c = [logistic(f[k]) * c[k] + logistic(i[k]) * math.tanh(g[k]) for k in range(size)]
            h = [logistic(o[k]) * math.tanh(c[k]) for k in range(size)]
        else:
            r, z = ([logistic(sum(gate[k + block * size])) for k in range(size)] for block in range(2))
            n = [math.tanh(gate[k + 2 * size][0] + r[k] * gate[k + 2 * size][1]) for k in range(size)]
            h = [(1 - z[k]) * n[k] + z[k] * h[k] for k in range(size)]
        found.append(h)
    return found[::-1] if suffix.endswith("reverse") else found


@pytest.mark.parametrize("kind", [RNN, LSTM, GRU])
def test_agrees_with_a_slow_loop(kind):
    layer = kind(3, 4, bidirectional=True, rng=np.random.default_rng(0)).astype(np.float64)
    x = np.random.default_rng(1).normal(size=(5, 2, 3))
    output, _ = layer.forward(x)
    for sequence in range(2):
        there, back = (walk(layer, suffix, x[:, sequence].tolist()) for suffix in ("_l0", "_l0_reverse"))
        np.testing.assert_allclose(output[:, sequence], np.concatenate([there, back], axis=1), rtol=1e-12)


@pytest.mark.parametrize("kind", [RNN, LSTM, GRU])
def test_initial_values_fill_the_interval_of_torch(kind):
    layer = kind(50, 64, num_layers=2, rng=np.random.default_rng(0))
    for name, parameter in layer.named_parameters():
        assert parameter.dtype == np.float32
        assert np.abs(parameter.data).max() <= 1 / 8, name
        assert abs(parameter.data.std() - 1 / 8 / math.sqrt(3)) < 0.01, name


def test_frozen_weights_get_no_gradient_and_are_passed_through():
    layer = LSTM(3, 4, 2, proj_size=2, rng=np.random.default_rng(0)).astype(np.float64)
    x, grad_output = np.random.default_rng(1).normal(size=(5, 2, 3)), np.ones((5, 2, 2))
    layer.forward(x)
    expected = layer.backward((grad_output, None, None))
    layer.zero_grad()
    layer.requires_grad_(False)
    np.testing.assert_array_equal(layer.backward((grad_output, None, None)), expected)
    assert all((parameter.grad == 0).all() for parameter in layer.parameters())
