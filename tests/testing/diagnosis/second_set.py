"""Wrong layers as students write them, with the family that their mistake belongs to: rows and random masks."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from chainrule.layers import Dropout, Linear, LogSoftmax, Softmax


class Wrong(NamedTuple):
    """A wrong class, how it is made, what it is asked with, and the family that its mistake was given before."""

    kind: type
    options: dict[str, Any]
    inputs: tuple[Any, ...]
    family: str


def entering(entries: list[Wrong]) -> Callable[..., Callable[[type], type]]:
    """Return what enters a class into a set, ``@wrong(family, *inputs, **options)``."""
    def wrong(family: str, *inputs: Any, **options: Any) -> Callable[[type], type]:
        def enter(kind: type) -> type:
            entries.append(Wrong(kind, options, inputs, family))
            return kind
        return enter
    return wrong


SECOND_SET: list[Wrong] = []
wrong = entering(SECOND_SET)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def add(parameter, gradient):
    """Add to a gradient as a right solution does."""
    if parameter is not None and parameter.requires_grad:
        parameter.grad += gradient


@wrong("path", (5, 4), in_features=4, out_features=3)
class LinearWithoutBias(Linear):
    def forward(self, x):
        """The bias is forgotten."""
        self.cache = x
        return x.astype(self.weight.dtype) @ self.weight.data.T


@wrong("order", (5, 4), in_features=4, out_features=4)
class LinearUntransposed(Linear):
    def forward(self, x):
        """The weight is not transposed, which a square one does not show."""
        self.cache = x
        return x.astype(self.weight.dtype) @ self.weight.data + self.bias.data


class StudentLinear(Linear):
    def backward(self, grad_out):
        x = self.saved()
        add(self.weight, self.grad_weight(grad_out, x))
        add(self.bias, self.grad_bias(grad_out))
        return self.grad_x(grad_out).astype(x.dtype)

    def grad_weight(self, grad_out, x):
        return grad_out.T @ x

    def grad_bias(self, grad_out):
        return grad_out.sum(axis=0)

    def grad_x(self, grad_out):
        return grad_out @ self.weight.data


@wrong("mean", (5, 4), in_features=4, out_features=3)
class LinearWeightAveraged(StudentLinear):
    def grad_weight(self, grad_out, x):
        return grad_out.T @ x / len(x)


@wrong("order", (5, 4), in_features=4, out_features=3)
class LinearBiasOneNumber(StudentLinear):
    def grad_bias(self, grad_out):
        """Summed over the features too."""
        return np.sum(grad_out)


@wrong("batch", (5, 4), in_features=4, out_features=3)
class LinearLastExample(StudentLinear):
    def grad_weight(self, grad_out, x):
        """A loop over the batch that writes where it should add."""
        for g, row in zip(grad_out, x, strict=True):
            result = np.outer(g, row)
        return result


@wrong("order", (6, 4), in_features=4, out_features=4)
class LinearGradXTransposed(StudentLinear):
    def grad_x(self, grad_out):
        return grad_out @ self.weight.data.T


@wrong("accumulate", (5, 4), in_features=4, out_features=3)
class LinearAssigns(StudentLinear):
    def backward(self, grad_out):
        if self.weight.requires_grad:
            self.weight.grad[...] = 0
        return super().backward(grad_out)


@wrong("cache", (5, 4), in_features=4, out_features=3)
class LinearFirstInput(StudentLinear):
    first = None

    def backward(self, grad_out):
        """Works with the input of the first call for ever."""
        self.first = self.saved() if self.first is None else self.first
        self.cache = self.first
        return super().backward(grad_out)


@wrong("frozen", (5, 4), in_features=4, out_features=3)
class LinearNeverFrozen(Linear):
    def backward(self, grad_out):
        x = self.saved()
        self.weight.grad += grad_out.T @ x
        self.bias.grad += grad_out.sum(axis=0)
        return (grad_out @ self.weight.data).astype(x.dtype)


@wrong("path", (4, 5))
class SoftmaxDiagonal(Softmax):
    def backward(self, grad_out):
        """Only the diagonal of the Jacobian, as if it were a sigmoid."""
        y = self.saved()
        return (grad_out * y * (1 - y)).astype(y.dtype)


@wrong("order", (4, 5))
class SoftmaxOfColumns(Softmax):
    def forward(self, x):
        super().forward(x)
        e = np.exp(x - x.max(axis=0))
        return e / e.sum(axis=0)


@wrong("batch", (4, 5))
class SoftmaxOneSum(Softmax):
    def forward(self, x):
        super().forward(x)
        e = np.exp(x - x.max())
        return e / e.sum()


@wrong("batch", (4, 5))
class SoftmaxBackwardOneSum(Softmax):
    def backward(self, grad_out):
        y = self.saved()
        return (y * (grad_out - np.sum(grad_out * y))).astype(y.dtype)


@wrong("sign", (4, 5))
class SoftmaxPlus(Softmax):
    def backward(self, grad_out):
        y = self.saved()
        return (y * (grad_out + np.sum(grad_out * y, axis=-1, keepdims=True))).astype(y.dtype)


@wrong("formula", (4, 5))
class LogSoftmaxNoExp(LogSoftmax):
    def backward(self, grad_out):
        y = self.saved()
        return (grad_out - y * grad_out.sum(axis=-1, keepdims=True)).astype(y.dtype)


@wrong("upstream", (4, 5))
class LogSoftmaxSumOfOne(LogSoftmax):
    def backward(self, grad_out):
        """Right for a one-hot upstream gradient alone."""
        y = self.saved()
        return (grad_out - np.exp(y)).astype(y.dtype)


@wrong("factor", (8, 7), p=0.4)
class DropoutUnscaled(Dropout):
    def forward(self, x):
        return super().forward(x) * (1 - self.p if self.training else 1)

    def backward(self, grad_out):
        return super().backward(grad_out) * (1 - self.p if self.cache.mask is not None else 1)


@wrong("factor", (8, 7), p=0.4)
class DropoutBackwardUnscaled(Dropout):
    def backward(self, grad_out):
        mask = self.saved().mask
        return grad_out if mask is None else (grad_out * mask).astype(self.cache.dtype)


@wrong("mask", (8, 7), p=0.4)
class DropoutDrawsAgain(Dropout):
    def backward(self, grad_out):
        if self.saved().mask is None:
            return grad_out.copy()
        again = np.random.default_rng(3).random(grad_out.shape) >= self.p
        return (grad_out * again / (1 - self.p)).astype(self.cache.dtype)


@wrong("mode", (8, 7), p=0.4)
class DropoutAlways(Dropout):
    def forward(self, x):
        training, self.training = self.training, True
        y = super().forward(x)
        self.training = training
        return y


@wrong("mode", (8, 7), p=0.4)
class DropoutScalesInEvaluation(Dropout):
    def forward(self, x):
        """Inverted and plain dropout at once."""
        y = super().forward(x)
        return y if self.training else y * (1 - self.p)
