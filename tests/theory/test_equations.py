"""BP1-BP4 in plain NumPy give what ``Sequential.backward`` leaves in every parameter; so does algorithm 6.4."""

from itertools import pairwise

import numpy as np
import pytest

from chainrule.layers import Linear, ReLU, Sigmoid, Tanh
from chainrule.losses import CrossEntropyLoss, L1Penalty, L2Penalty, MSELoss
from chainrule.models import Sequential

SIZES = (5, 7, 4, 3)


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def network(activation):
    layers = [step for inputs, outputs in pairwise(SIZES)
              for step in (Linear(inputs, outputs), activation())]
    return Sequential(*layers).astype(np.float64)


@pytest.fixture
def batch():
    rng = np.random.default_rng(0)
    return rng.normal(size=(6, SIZES[0])), rng.normal(size=(6, SIZES[-1]))


def test_the_four_equations(batch):
    x, target = batch
    model = network(Sigmoid)
    loss = MSELoss(reduction="sum")
    loss.forward(model.forward(x), target)
    model.backward(loss.backward(0.5))                              # quadratic cost C = ½ Σ (a - y)²

    W = [layer.weight.data for layer in model[::2]]
    b = [layer.bias.data for layer in model[::2]]
    sum_W, sum_b = [np.zeros_like(weight) for weight in W], [np.zeros_like(bias) for bias in b]
    for example in range(len(x)):                                   # column by column, as in the book
        a, z = [x[example]], []
        for weight, bias in zip(W, b, strict=True):
            z.append(weight @ a[-1] + bias)
            a.append(sigmoid(z[-1]))
        slope = [sigmoid(each) * (1 - sigmoid(each)) for each in z]
        delta = [(a[-1] - target[example]) * slope[-1]]                                             # BP1
        for layer in (1, 0):
            delta.insert(0, (W[layer + 1].T @ delta[0]) * slope[layer])                             # BP2
        for layer in range(3):
            sum_b[layer] += delta[layer]                                                            # BP3
            sum_W[layer] += np.outer(delta[layer], a[layer])                                        # BP4
    for layer, grad_W, grad_b in zip(model[::2], sum_W, sum_b, strict=True):
        np.testing.assert_allclose(layer.weight.grad, grad_W, rtol=1e-12, atol=1e-14)
        np.testing.assert_allclose(layer.bias.grad, grad_b, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize(("activation", "slope"), [(Tanh, lambda h: 1 - h**2), (ReLU, lambda h: (h > 0) * 1.0)])
@pytest.mark.parametrize(("penalty", "omega_slope"), [(L2Penalty, lambda w: w), (L1Penalty, np.sign)])
def test_the_regularised_algorithm(batch, activation, slope, penalty, omega_slope):
    x, target = batch
    model, lam = network(activation), 0.3
    loss = MSELoss()
    loss.forward(model.forward(x), target)
    model.backward(loss.backward())
    weights = [layer.weight for layer in model[::2]]
    regulariser = penalty(weights, lam)
    regulariser.forward()
    regulariser.backward()                                          # once per step, not once per example

    h = [x]
    for layer in model[::2]:
        z = h[-1] @ layer.weight.data.T + layer.bias.data
        h.append(np.tanh(z) if activation is Tanh else np.maximum(z, 0))
    g = 2 * (h[-1] - target) / target.size
    for k in (2, 1, 0):
        g = g * slope(h[k + 1])
        layer = model[2 * k]
        np.testing.assert_allclose(layer.bias.grad, g.sum(axis=0), rtol=1e-12, atol=1e-14)
        np.testing.assert_allclose(layer.weight.grad, g.T @ h[k] + lam * omega_slope(layer.weight.data),
                                   rtol=1e-12, atol=1e-14)
        g = g @ layer.weight.data
    np.testing.assert_allclose(model.backward(loss.backward()), g, rtol=1e-12, atol=1e-14)


def test_the_weights_of_goodfellow_solve_xor_exactly():
    model = Sequential(Linear(2, 2), ReLU(), Linear(2, 1)).astype(np.float64)
    model.load_state_dict({"0.weight": np.ones((2, 2)), "0.bias": np.array([0.0, -1.0]),
                           "2.weight": np.array([[1.0, -2.0]]), "2.bias": np.zeros(1)})
    corners = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], float)
    assert model.forward(corners).ravel().tolist() == [0, 1, 1, 0]


def test_softmax_and_cross_entropy_leave_the_difference_at_the_scores():
    rng = np.random.default_rng(1)
    z, labels = rng.normal(size=(6, 4)), rng.integers(0, 4, 6)
    loss = CrossEntropyLoss()
    loss.forward(z, labels)
    p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(loss.backward(), (p - np.eye(4)[labels]) / 6, rtol=1e-12, atol=1e-14)
