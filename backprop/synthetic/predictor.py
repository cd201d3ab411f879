"""Small networks that say what the gradient of an activation will be, before the rest of the network has run."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Protocol

import numpy as np

from ...layers import BatchNorm1d, Linear, ReLU
from ...layers.core import Array, Layer, StateError, ValueRangeError, as_dtype, check_size
from ...models import Sequential
from ...optim import Optimizer

__all__ = ["Critic", "GradientPredictor", "SyntheticGradient", "predictor_network"]


class GradientPredictor(Protocol):
    """What takes the place of the layers above: it gives a gradient at once, and learns from the one that comes later.

    Attributes:
        value: the loss of every example that the last ``gradient`` implied, if the predictor knows losses at all
    """

    value: Array | None

    def gradient(self, h: Array, y: Any) -> Array:
        """Return the gradient of the mean loss for the activation ``h``, given the target ``y``."""

    def learn(self, grad: Array, value: Array | None) -> None:
        """Learn that the last ``gradient`` should have been ``grad``, and the examples' losses ``value``."""


def predictor_network(features: int, outputs: int | None = None, hidden: Sequence[int] = (), *,
                      rng: np.random.Generator | None = None) -> Sequential:
    """Return the network of a predictor: linear, or with hidden layers ``Linear, BatchNorm1d, ReLU``.

    It maps ``features`` inputs (labels included) to ``outputs`` (as many if not given). Its last layer is zero at
    first, so that training begins with synthetic gradients of zero.

    Source: Jaderberg et al. 2017, "Decoupled neural interfaces using synthetic gradients", appendix A.

    Example:
        >>> from chainrule.backprop import predictor_network
        >>> float(predictor_network(20, 10, hidden=[32]).forward(np.ones((4, 20), np.float32)).any())
        0.0
    """
    sizes = [check_size(features, "features", "predictor_network"), *hidden]
    layers: list[Layer] = []
    for size, following in pairwise(sizes):
        layers += [Linear(size, following, rng=rng), BatchNorm1d(following), ReLU()]
    last = Linear(sizes[-1], features if outputs is None else outputs, rng=rng)
    for parameter in last.parameters():
        parameter.data = np.zeros(parameter.shape)
    return Sequential(*layers, last)


class _Predictor:
    """The inputs of both kinds of predictor: activations as rows, beside them the labels as ones and zeros."""

    def __init__(self, network: Layer, optimizer: Optimizer, classes: int = 0) -> None:
        self.network = network
        self.optimizer = optimizer
        self.classes = check_size(classes, "classes", type(self).__name__, least=0)
        self.value: Array | None = None
        self._given: Array | None = None

    def _forward(self, h: Array, y: Any) -> Array:
        rows = h.reshape(len(h), -1)
        if self.classes:
            label, known = np.asarray(y), np.arange(self.classes)
            if label.dtype.kind not in "iu" or label.shape != h.shape[:1] or not np.isin(label, known).all():
                raise ValueRangeError(f"{type(self).__name__} expected y as a class from 0 to {self.classes - 1} for "
                                      f"each of {len(h)} examples, got {y!r}")
            rows = np.concatenate([rows, np.eye(self.classes, dtype=h.dtype)[label]], axis=1)
        self._given = np.asarray(self.network.forward(rows))
        return self._given

    def _learn(self, wanted: Array) -> None:
        """Move the network towards ``wanted``: a step on half the squared error, summed over a row, mean over rows."""
        if self._given is None:
            raise StateError(f"{type(self).__name__} expected gradient before learn; what should it have predicted?")
        self.optimizer.zero_grad()
        self.network.backward((self._given - wanted) / len(wanted))
        self.optimizer.step()


class SyntheticGradient(_Predictor):
    """A network that predicts the gradient of an activation, trained on the squared error.

    Predicted is the gradient of every example's own loss; that of the mean loss is it divided by the number of
    examples, so that the size of a batch does not matter. With ``classes`` the network is told the label too.

    Source: Jaderberg et al. 2017, section 2.1.

    Example:
        >>> from chainrule.backprop import SyntheticGradient, predictor_network
        >>> network = predictor_network(8 + 10, 8)
        >>> predictor = SyntheticGradient(network, Adam(network.parameters()), classes=10)
        >>> h, y, grad = np.ones((2, 8), np.float32), np.array([3, 7]), np.full((2, 8), 0.5, np.float32)
        >>> for _ in range(1000):
        ...     error = abs(predictor.gradient(h, y) - grad).max()
        ...     predictor.learn(grad, None)
        >>> bool(error < 0.01)
        True
    """

    def gradient(self, h: Array, y: Any) -> Array:
        return as_dtype(self._forward(h, y) / len(h), h.dtype).reshape(h.shape)

    def learn(self, grad: Array, value: Array | None) -> None:
        self._learn(grad.reshape(len(grad), -1) * len(grad))


class Critic(_Predictor):
    """A network that predicts the loss of every example; its own derivative is the synthetic gradient.

    ``value = network([h, label])``, (N, 1), learns the loss that the layers above found, or that their critic
    predicts; ``gradient = d mean(value) / d h``.

    Source: Czarnecki et al. 2017, "Understanding synthetic gradients and decoupled neural interfaces", section 4.

    Example:
        >>> from chainrule.backprop import Critic
        >>> network = Sequential(Linear(8, 16), Tanh(), Linear(16, 1))
        >>> Critic(network, Adam(network.parameters())).gradient(np.ones((2, 8), np.float32), None).shape
        (2, 8)
    """

    def gradient(self, h: Array, y: Any) -> Array:
        value = self._forward(h, y)
        self.value = value.reshape(len(h))
        grad = self.network.backward(np.full_like(value, 1 / len(h)))
        return as_dtype(grad[:, :h[0].size], h.dtype).reshape(h.shape)

    def learn(self, grad: Array, value: Array | None) -> None:
        if value is None:
            raise StateError("Critic expected the losses of the examples to learn from, got none; the predictor above "
                             "a critic must be a Critic too")
        self._learn(value.reshape(len(value), 1))
