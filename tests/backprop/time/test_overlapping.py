"""A network on windows: what it returns, exact gradients of that, and the network itself in evaluation."""

import numpy as np
import pytest

import chainrule
from chainrule.backprop.time import Overlapping
from chainrule.models.zoo import char_rnn


@pytest.fixture
def network():
    chainrule.manual_seed(0)
    return char_rnn(5, embedding=3, hidden=4, layers=2).astype(np.float64)


@pytest.mark.parametrize(("k1", "k2", "steps", "moves"), [(3, 3, 3, 3), (3, 5, 5, 3), (3, 8, 4, 0), (4, 2, 2, 2)])
@pytest.mark.parametrize("given", [False, True])
def test_scores_and_state_are_those_of_the_network_and_gradients_their_derivative(network, k1, k2, steps, moves, given):
    rng = np.random.default_rng(0)
    x, state = rng.integers(0, 5, (2, steps)), [rng.normal(size=(2, 2, 4)) for _ in range(2)] if given else []
    windowed = Overlapping(network, k1, k2)
    scores, *left = windowed.forward(x, *state)
    np.testing.assert_allclose(scores, network.forward(x, *state)[0][..., -k1:], rtol=1e-12)
    wanted = network.forward(x[:, :moves], *state)[1:] if moves else state or [np.zeros((2, 2, 4))] * 2
    for one, two in zip(left, wanted, strict=True):
        np.testing.assert_allclose(one, two, rtol=1e-12)

    upstream = [rng.normal(size=each.shape) for each in (scores, *left)]
    network.zero_grad()
    windowed.forward(x, *state)
    grads = windowed.backward(tuple(upstream))[1:]

    def value():
        return sum((one * two).sum() for one, two in zip(windowed.forward(x, *state), upstream, strict=True))

    places = [(parameter.data, parameter.grad) for parameter in network.parameters()]
    for array, grad in [*places, *zip(state, grads, strict=False)]:
        index = tuple(rng.integers(0, size) for size in array.shape)
        before = array[index]
        array[index] = before + 1e-5
        up = value()
        array[index] = before - 1e-5
        down = value()
        array[index] = before
        assert grad[index] == pytest.approx((up - down) / 2e-5, rel=1e-5, abs=1e-8)


def test_scores_without_a_gradient(network):
    overlapping = Overlapping(network, k1=2, k2=5)
    x = np.random.default_rng(0).integers(0, 5, (3, 5))
    scores, *state = overlapping.forward(x)
    upstream = [np.ones_like(each) for each in state]
    found = []
    for grad_scores in (np.zeros_like(scores), None):
        network.zero_grad()
        overlapping.backward((grad_scores, *upstream))
        found.append([parameter.grad.copy() for parameter in network.parameters()])
    assert any(grad.any() for grad in found[0])
    for zero, none in zip(*found, strict=True):
        np.testing.assert_array_equal(zero, none)


def test_in_evaluation_it_is_the_network(network):
    x = np.random.default_rng(0).integers(0, 5, (2, 9))
    windowed = Overlapping(network, 2, 3).eval()
    assert not network.training
    for one, two in zip(windowed.forward(x), network.forward(x), strict=True):
        np.testing.assert_array_equal(one, two)
    assert windowed.backward((np.ones((2, 5, 9)), None, None)) is None
    assert list(windowed.state_dict()) == list(network.state_dict())
