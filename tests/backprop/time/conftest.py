"""A linear recurrent network whose gradient fades at a known rate."""

import numpy as np
import pytest

from chainrule.layers.core import Layer, Parameter


class LinearRNN(Layer):
    """``h[t] = rate * q h[t-1] + u x[t] + b`` with a rotation q, ``scores[t] = v h[t]``, time the last axis of scores.

    Here the derivative of a state by b is one, so that the gradient of b is the sum of those of the states.
    """

    def __init__(self, rate, size=6, inputs=3, seed=0):
        rng = np.random.default_rng(seed)
        q, _ = np.linalg.qr(rng.normal(size=(size, size)))
        self.w = Parameter(rate * q, dtype=np.float64)
        self.u = Parameter(rng.normal(size=(size, inputs)), dtype=np.float64)
        self.b = Parameter(rng.normal(size=size), dtype=np.float64)
        self.v = Parameter(rng.normal(size=(2, size)), dtype=np.float64)

    def forward(self, x, h=None):
        states = [np.zeros((len(x), len(self.b.data))) if h is None else h[0]]
        for t in range(x.shape[1]):
            states.append(states[-1] @ self.w.data.T + x[:, t] @ self.u.data.T + self.b.data)
        self.cache = (x, states)
        return np.stack([state @ self.v.data.T for state in states[1:]], -1), states[-1][None]

    def backward(self, grad_out):
        x, states = self.saved()
        grad_scores, grad_h = grad_out
        grad = np.zeros_like(states[0]) if grad_h is None else grad_h[0]
        for t in reversed(range(x.shape[1])):
            grad = grad + grad_scores[..., t] @ self.v.data
            if self.v.requires_grad:
                self.v.grad += grad_scores[..., t].T @ states[t + 1]
                self.w.grad += grad.T @ states[t]
                self.u.grad += grad.T @ x[:, t]
                self.b.grad += grad.sum(axis=0)
            grad = grad @ self.w.data
        return None, grad[None]


@pytest.fixture
def linear_rnn():
    return LinearRNN
