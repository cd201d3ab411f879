"""Target propagation: by hand, exact where inverses are transposes, and inverses that learn to invert."""

import numpy as np
import pytest

from chainrule.backprop import TargetPropagation
from chainrule.layers import BatchNorm1d, Linear, ReLU, Tanh
from chainrule.layers.core import ValueRangeError
from chainrule.models import Sequential
from chainrule.optim import Adam


def test_with_orthogonal_weights_and_their_transposes_it_is_backpropagation():
    rng = np.random.default_rng(0)
    network = Sequential(Linear(5, 4), Linear(4, 4), Linear(4, 4), Linear(4, 3)).astype(np.float64)
    for layer in network[1:3]:
        layer.weight.data = np.linalg.qr(rng.normal(size=(4, 4)))[0]
    x, grad_out = rng.normal(size=(7, 5)), rng.normal(size=(7, 3))
    network.forward(x)
    network.backward(grad_out)
    wanted = [parameter.grad.copy() for parameter in network.parameters()]
    model = TargetPropagation(network, step=0.3).astype(np.float64)
    for inverse, layer in zip(model.inverses, network[1:3], strict=True):
        inverse[0].weight.data = layer.weight.data.T
    model.zero_grad()
    model.forward(x)
    assert model.backward(grad_out) is None
    for parameter, right in zip(network.parameters(), wanted, strict=True):
        np.testing.assert_allclose(parameter.grad, right, atol=1e-12)


def test_gradients_are_those_by_hand():
    rng = np.random.default_rng(0)
    network = Sequential(Linear(5, 4), Tanh(), Linear(4, 3), Tanh(), Linear(3, 2)).astype(np.float64)
    model = TargetPropagation(network, step=0.2, noise=0.0).astype(np.float64)
    x, grad_out = rng.normal(size=(7, 5)), rng.normal(size=(7, 2))
    model.zero_grad()
    model.forward(x)
    model.backward(grad_out)
    (a, b, c), (inverse,) = network[::2], model.inverses
    v = inverse[0].weight.data, inverse[0].bias.data
    h1 = np.tanh(x @ a.weight.data.T + a.bias.data)
    h2 = np.tanh(h1 @ b.weight.data.T + b.bias.data)
    guess = np.tanh(h2 @ v[0].T + v[1])
    scale = 0.2 * 7
    target2 = h2 - scale * grad_out @ c.weight.data
    target1 = h1 + np.tanh(target2 @ v[0].T + v[1]) - guess
    delta2, delta1 = (h2 - target2) / scale * (1 - h2**2), (h1 - target1) / scale * (1 - h1**2)
    miss = (guess - h1) / 7 * (1 - guess**2)
    for layer, delta, below in ((a, delta1, x), (b, delta2, h1), (c, grad_out, h2), (inverse[0], miss, h2)):
        np.testing.assert_allclose(layer.weight.grad, delta.T @ below, atol=1e-12)
        np.testing.assert_allclose(layer.bias.grad, delta.sum(axis=0), atol=1e-12)


def test_inverses_learn_to_invert_and_running_statistics_count_once():
    rng = np.random.default_rng(0)
    network = Sequential(Linear(5, 4), Tanh(), Linear(4, 6), BatchNorm1d(6), Tanh(), Linear(6, 2))
    model = TargetPropagation(network, rng=np.random.default_rng(1))
    assert [type(layer) for layer in model.inverses[0]] == [Linear, Tanh]
    optimizer = Adam(model.inverses[0].parameters(), lr=0.01)
    x = rng.normal(size=(64, 5)).astype(np.float32)

    def miss():
        below = network[:2].forward(x)
        return float(((model.inverses[0].forward(network[2:5].forward(below)) - below)**2).mean())
    before, counted = miss(), int(network[3].num_batches_tracked.data)
    for _ in range(200):
        optimizer.zero_grad()
        model.forward(x)
        model.backward(np.zeros((64, 2), np.float32))
        optimizer.step()
    assert int(network[3].num_batches_tracked.data) == counted + 200
    assert miss() < before / 5


def test_networks_without_blocks_are_refused():
    for network in (Sequential(ReLU(), Linear(3, 2), Linear(2, 2)), Sequential(Linear(3, 2)), Sequential()):
        with pytest.raises(ValueRangeError, match="TargetPropagation expected a Sequential that begins with Linear"):
            TargetPropagation(network)
