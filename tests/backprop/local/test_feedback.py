"""Feedback alignment: exact with the true weights as feedback, by hand with others."""

import numpy as np
import pytest

from chainrule.backprop import DirectFeedbackAlignment, FeedbackAlignment
from chainrule.layers import LSTM, Conv2d, Flatten, Linear, MaxPool2d, ReLU, Tanh
from chainrule.layers.core import ShapeError, ValueRangeError
from chainrule.losses import MSELoss
from chainrule.models import Residual, Sequential
from chainrule.optim import SGD
from chainrule.training import train_step


def gradients(model, x, grad_out):
    model.zero_grad()
    model.forward(x)
    grad_x = model.backward(grad_out)
    return [grad_x, *(parameter.grad.copy() for parameter in model.parameters())]


def pictures():
    return Sequential(Conv2d(2, 3, 3, padding=1), ReLU(), Residual(Conv2d(3, 3, 3, padding=1)), MaxPool2d(2), Flatten(),
                      Linear(12, 5), Tanh(), Linear(5, 4)).astype(np.float64)


def test_with_its_own_weights_as_feedback_it_is_backpropagation():
    rng = np.random.default_rng(0)
    network, x, grad_out = pictures(), rng.normal(size=(3, 2, 4, 4)), rng.normal(size=(3, 4))
    wanted = gradients(network, x, grad_out)
    model = FeedbackAlignment(network).astype(np.float64)
    for received, right in zip(gradients(model, x, grad_out)[1:], wanted[1:], strict=True):
        assert received.shape == right.shape
    assert not np.allclose(network[0].weight.grad, wanted[1])
    for buffer, layer in zip(model.feedback, (network[0], network[2].branch, network[5], network[7]), strict=True):
        buffer.assign(layer.weight.data)
    for received, right in zip(gradients(model, x, grad_out), wanted, strict=True):
        np.testing.assert_allclose(received, right, atol=1e-12)


@pytest.mark.parametrize("kind", [FeedbackAlignment, DirectFeedbackAlignment])
def test_gradients_are_those_by_hand(kind):
    rng = np.random.default_rng(0)
    network = Sequential(Linear(4, 6), Tanh(), Linear(6, 5), Tanh(), Linear(5, 3)).astype(np.float64)
    model = kind(network).astype(np.float64)
    x, error = rng.normal(size=(7, 4)), rng.normal(size=(7, 3))
    grad_x, *received = gradients(model, x, error)
    weights = [layer.weight.data for layer in network[::2]]
    biases = [layer.bias.data for layer in network[::2]]
    back = [buffer.data for buffer in model.feedback]
    h1 = np.tanh(x @ weights[0].T + biases[0])
    h2 = np.tanh(h1 @ weights[1].T + biases[1])
    direct = kind is DirectFeedbackAlignment
    delta2 = error @ back[2] * (1 - h2**2)
    delta1 = (error if direct else delta2) @ back[1] * (1 - h1**2)
    wanted = [delta1.T @ x, delta1.sum(axis=0), delta2.T @ h1, delta2.sum(axis=0), error.T @ h2, error.sum(axis=0)]
    for ours, hand in zip(received, wanted, strict=True):
        np.testing.assert_allclose(ours, hand, atol=1e-12)
    np.testing.assert_allclose(grad_x, (error if direct else delta1) @ back[0], atol=1e-12)
    model.needs_input_grad = False
    model.forward(x)
    assert model.backward(error) is None


def test_feedback_is_saved_and_not_trained():
    model = FeedbackAlignment(Sequential(Linear(4, 6), Tanh(), Linear(6, 3)))
    assert {"feedback.0", "feedback.1"} < set(model.state_dict())
    before, weights = model.feedback[1].data.copy(), model.network[0].weight.data.copy()
    train_step(model, MSELoss(), SGD(model.parameters(), lr=0.1), np.ones((5, 4), np.float32),
               np.ones((5, 3), np.float32))
    np.testing.assert_array_equal(model.feedback[1].data, before)
    assert (model.network[0].weight.data != weights).any()
    assert all(parameter.requires_grad for parameter in model.parameters())
    assert model.describe((5, 4)).y_shapes == ((5, 3),)


def test_other_weights_are_refused():
    rng = np.random.default_rng(0)
    for kind, network in ((FeedbackAlignment, Sequential(LSTM(4, 3))), (DirectFeedbackAlignment, Sequential(ReLU()))):
        with pytest.raises(ValueRangeError, match=f"{kind.__name__} expected a network whose weights are those of"):
            kind(network)
    model = DirectFeedbackAlignment(pictures()).astype(np.float64)
    model.forward(rng.normal(size=(3, 2, 4, 4)))
    with pytest.raises(ShapeError, match=r"expected Conv2d\(3, 3, 3, padding=1\) to see rows"):
        model.backward(np.ones((3, 4)))
