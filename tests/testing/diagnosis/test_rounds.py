"""What passed unseen before layers were asked for a second round and a replay, and what telling inputs show."""

import numpy as np
import pytest

from chainrule.layers import BatchNorm1d, Linear, LSTMCell, MaxPool2d, Sigmoid, Softmax
from chainrule.optim import SGD
from chainrule.testing import diagnose, diagnose_optimizer

STATES = ((2, 3), ((2, 4), (2, 4)))


class FirstInputForEver(Linear):
    first = None

    def backward(self, grad_out):
        self.first = self.saved() if self.first is None else self.first
        if self.weight.requires_grad:
            self.weight.grad += grad_out.T @ self.first
            self.bias.grad += grad_out.sum(axis=0)
        return grad_out @ self.weight.data


class TurnedOnce(Linear):
    turned = None

    def forward(self, x):
        self.turned = self.weight.data.T.copy() if self.turned is None else self.turned
        self.cache = x
        return x @ self.turned + self.bias.data


class BufferInPlace(BatchNorm1d):
    def forward(self, x):
        mean, var = self.running_mean.data, self.running_var.data
        y = super().forward(x)
        mean[...], var[...] = self.running_mean.data, self.running_var.data
        self.running_mean.data, self.running_var.data = mean, var
        return y


class Overflows(Sigmoid):
    def forward(self, x):
        self.cache = np.exp(x) / (1 + np.exp(x))
        return self.cache

    def backward(self, grad_out):
        y = self.saved()
        return grad_out * y * (1 - y)


class LargestNotTakenOut(Softmax):
    def forward(self, x):
        e = np.exp(x)
        self.cache = e / e.sum(axis=-1, keepdims=True)
        return self.cache


class TiesGoToTheLast(MaxPool2d):
    def forward(self, x):
        self.cache = x
        return self.windows(x).max(axis=-1)

    def backward(self, grad_out):
        x = self.saved()
        windows = self.windows(x)
        last = windows.shape[-1] - 1 - windows[..., ::-1].argmax(axis=-1)
        moved = np.zeros_like(windows)
        np.put_along_axis(moved, last[..., None], grad_out[..., None], axis=-1)
        grad_x, (count, channels, height, width) = np.zeros_like(x), grad_out.shape
        grad_x[:, :, :2 * height, :2 * width] = moved.reshape(*moved.shape[:-1], 2, 2).swapaxes(3, 4).reshape(
            count, channels, 2 * height, 2 * width)
        return grad_x

    @staticmethod
    def windows(x):
        count, channels, height, width = x.shape[0], x.shape[1], x.shape[2] // 2, x.shape[3] // 2
        inside = x[:, :, :2 * height, :2 * width]
        return inside.reshape(count, channels, height, 2, width, 2).swapaxes(3, 4).reshape(
            count, channels, height, width, 4)


class RoundsUp(MaxPool2d):
    """As if a window that hangs over were one more."""

    def forward(self, x):
        missing = [(0, 0), (0, 0), *((0, size % 2) for size in x.shape[2:])]
        self.sizes = x.shape[2:]
        return super().forward(np.pad(x, missing, constant_values=-np.inf))

    def backward(self, grad_out):
        return super().backward(grad_out)[:, :, :self.sizes[0], :self.sizes[1]]


class Nested(LSTMCell):
    def backward(self, grad_out):
        grad_x, grad_h, grad_c = super().backward(grad_out)
        return grad_x, (grad_h, grad_c)


class StatesExchanged(LSTMCell):
    def forward(self, x, hx):
        h, c = super().forward(x, hx)
        return c, h


rng = np.random.default_rng(0)
LARGE, TIED = 1000 * rng.standard_normal((4, 3)), np.round(rng.standard_normal((2, 3, 4, 6)))


@pytest.mark.parametrize(("layer", "x", "family", "kind"), [
    (FirstInputForEver(4, 3), ((5, 4),), "cache", "stale cache"),
    (TurnedOnce(4, 3), ((5, 4),), "cache", "stale cache"),
    (BufferInPlace(4), ((6, 4),), "argument", "buffer changed in place"),
    (Nested(3, 4), STATES, "order", "nested"),
    (StatesExchanged(3, 4), STATES, "order", "named mistake"),
    (Overflows(), (LARGE,), "formula", "not finite"),
    (LargestNotTakenOut(), (LARGE,), "formula", "not finite"),
    (TiesGoToTheLast(2), (TIED,), "order", "permuted"),
    (RoundsUp(2), ((2, 3, 4, 5),), "order", "wrong shape"),
], ids=lambda value: type(value).__name__)
def test_what_passed_unseen_is_told(layer, x, family, kind):
    faults = diagnose(layer, *x).faults
    assert [(fault.family, fault.kind) for fault in faults[:1]] == [(family, kind)]


class Undampened(SGD):
    def update(self, w, grad, state, step, group):
        state["momentum_buffer"] *= group["momentum"]
        state["momentum_buffer"] += grad
        w -= group["lr"] * state["momentum_buffer"]


class DampenedAtOnce(SGD):
    def update(self, w, grad, state, step, group):
        state["momentum_buffer"] *= group["momentum"]
        state["momentum_buffer"] += (1 - group["dampening"]) * grad
        w -= group["lr"] * state["momentum_buffer"]


@pytest.mark.parametrize(("kind", "name"), [(Undampened, "SGD.step: dampening left out"),
                                            (DampenedAtOnce, "SGD.step: dampening from the first step")])
def test_dampening_is_told(kind, name):
    (fault, *_) = diagnose_optimizer(lambda params: kind(params, lr=0.1, momentum=0.8, dampening=0.4)).faults
    assert fault.entries == (name,)
