"""K-FAC's factors against explicit Fisher blocks and sums in loops."""

from itertools import product

import numpy as np
import pytest

from chainrule.backprop import gauss_newton
from chainrule.backprop.second_order.kronecker import Factors, by_layer, damped_inverse, factored_layers
from chainrule.backprop.second_order.random_root import random_root
from chainrule.layers import Conv2d, Flatten, LayerNorm, Linear, Tanh
from chainrule.layers.core import Entry, ValueRangeError, call_back, observe
from chainrule.losses import CrossEntropyLoss
from chainrule.models import Sequential


class Signs:
    """A generator that draws the bits it was given."""

    def __init__(self, bits):
        self.bits = np.array(bits)

    def integers(self, low, high, shape):
        return self.bits.reshape(shape)


def found(model, x, labels, classes=2):
    """Return the mean factors over all signs that random roots may have."""
    loss, factors = CrossEntropyLoss(), Factors(model.parameters())
    loss.forward(model.forward(x), labels)
    patterns = list(product([0, 1], repeat=classes * len(x)))
    with observe(factors):
        for bits in patterns:
            call_back(model, Entry(model, model.point()), random_root(loss, Signs(bits)))
    return {key: [each / len(patterns) for each in pair] for key, pair in factors.found.items()}


@pytest.mark.parametrize("make", [
    lambda: Sequential(Linear(3, 4), Tanh(), Linear(4, 2)),
    lambda: Sequential(Linear(3, 4, bias=False), Tanh(), Linear(4, 2)),
    lambda: Sequential(Conv2d(2, 3, (2, 3)), Tanh(), Flatten(), Linear(3, 2)),
], ids=["linear", "no bias", "one place of a convolution"])
def test_of_one_sample_they_make_the_fisher_blocks_exactly(make):
    rng = np.random.default_rng(0)
    model = make().astype(np.float64)
    x = rng.normal(size=(1, 2, 2, 3) if isinstance(model[0], Conv2d) else (1, 3))
    factors = found(model, x, np.array([1]))
    for layer in factored_layers(model, list(model.parameters())):
        inputs, outputs = factors[id(layer.weight)]
        own = [parameter for parameter in (layer.weight, layer.bias) if parameter is not None]
        G = gauss_newton(model, CrossEntropyLoss(), x, np.array([1]), own)
        width = layer.weight.size // len(layer.weight.data)
        order = np.hstack([np.arange(layer.weight.size).reshape(-1, width),
                           *([] if layer.bias is None else [layer.weight.size + np.arange(layer.bias.size)[:, None]])])
        block = (G @ np.eye(G.shape[0]))[np.ix_(order.ravel(), order.ravel())]
        np.testing.assert_allclose(np.kron(outputs, inputs), block, atol=1e-12)
        assert np.abs(block).max() > 1e-3


def test_of_several_samples_they_are_means_of_inputs_and_sums_of_outputs():
    rng = np.random.default_rng(0)
    model = Sequential(Linear(3, 4), Tanh(), Linear(4, 2)).astype(np.float64)
    x = rng.normal(size=(3, 3))
    inputs, outputs = found(model, x, np.array([1, 0, 1]))[id(model[0].weight)]
    wanted_inputs, wanted_outputs = np.zeros((4, 4)), np.zeros((4, 4))
    for sample in x:
        a = np.append(sample, 1.0)
        wanted_inputs += np.outer(a, a) / 3
        hidden = np.tanh(model[0].weight.data @ sample + model[0].bias.data)
        scores = model[2].weight.data @ hidden + model[2].bias.data
        p = np.exp(scores) / np.exp(scores).sum()
        down = np.diag(1 - hidden**2) @ model[2].weight.data.T
        wanted_outputs += down @ (np.diag(p) - np.outer(p, p)) @ down.T / 3
    np.testing.assert_allclose(inputs, wanted_inputs, atol=1e-12)
    np.testing.assert_allclose(outputs, wanted_outputs, atol=1e-12)


def test_convolutions_sum_over_places():
    rng = np.random.default_rng(0)
    model = Sequential(Conv2d(2, 3, 2, stride=(1, 2), padding=1), Flatten(), Linear(36, 2)).astype(np.float64)
    x = rng.normal(size=(2, 2, 3, 4))
    inputs, _ = found(model, x, np.array([1, 0]))[id(model[0].weight)]
    around = np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1)))
    windows = [np.append(around[n, :, i:i + 2, j:j + 2].ravel(), 1.0)
               for n in range(2) for i in range(4) for j in range(0, 5, 2)]
    np.testing.assert_allclose(inputs, sum(np.outer(a, a) for a in windows) / len(windows), atol=1e-12)


@pytest.mark.parametrize("frozen", [None, "weight", "bias"])
def test_blocks_are_solved_as_their_explicit_products(frozen):
    rng = np.random.default_rng(0)
    model = Sequential(Conv2d(1, 2, 2), Tanh(), Flatten(), Linear(4, 3)).astype(np.float64)
    if frozen:
        getattr(model[3], frozen).requires_grad = False
    parameters = [parameter for parameter in model.parameters() if parameter.requires_grad]
    loss, factors, draws, damping = CrossEntropyLoss(), Factors(parameters), 3, 0.01
    loss.forward(model.forward(rng.normal(size=(5, 1, 2, 3))), np.array([0, 1, 2, 1, 0]))
    with observe(factors):
        for _ in range(draws):
            call_back(model, Entry(model, model.point()), random_root(loss, rng))
    layers, blocks = factored_layers(model, parameters), {}
    v = rng.normal(size=sum(parameter.size for parameter in parameters))

    def explicit(index, block):
        inputs, outputs = (each / draws for each in factors.found[id(layers[index].weight)])
        blocks[index] = block.shape
        matrix = np.kron(outputs, inputs) + damping * np.eye(block.size)
        return np.linalg.solve(matrix, block.ravel()).reshape(block.shape)
    expected = by_layer(layers, parameters, v, explicit)
    np.testing.assert_allclose(damped_inverse(factors, draws, layers, parameters, damping)(v), expected, rtol=1e-9)
    assert blocks == {0: (2, 5), 1: (3, {None: 5, "weight": 1, "bias": 4}[frozen])}
    np.testing.assert_array_equal(by_layer(layers, parameters, v, lambda index, block: block), v)


def test_other_layers_are_refused_unless_frozen():
    model = Sequential(Linear(3, 4), LayerNorm(4), Linear(4, 2))
    with pytest.raises(ValueRangeError, match=r"got weight of LayerNorm\(.*\) at '1'; freeze it"):
        factored_layers(model, list(model.parameters()))
    assert len(factored_layers(model, [*model[0].parameters(), *model[2].parameters()])) == 2
    with pytest.raises(ValueRangeError, match="without groups"):
        factored_layers(grouped := Conv2d(2, 2, 1, groups=2), list(grouped.parameters()))
