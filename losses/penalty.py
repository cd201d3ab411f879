"""Penalties on the size of parameters, added to whatever loss is trained."""

from collections.abc import Iterable, Iterator
from typing import Any, ClassVar

import numpy as np

from ..layers.core import Array, Layer, NonNegative, Parameter, ValueRangeError, check_range

__all__ = ["L1Penalty", "L2Penalty", "Penalty", "weights_of"]


def weights_of(model: Layer) -> Iterator[Parameter]:
    """Yield the parameters that penalties are meant for: weights, which have two axes or more, and no biases.

    Example:
        >>> [weight.shape for weight in weights_of(Linear(3, 2))]
        [(2, 3)]
    """
    return (parameter for parameter in model.parameters() if len(parameter.shape) >= 2)


class Penalty:
    """A price on the size of parameters: ``weight`` times the sum of ``value`` over all their elements.

    ``forward()`` returns it; ``backward()`` adds its gradient to that of every parameter that is not frozen. Call it
    once per step, not once per example. A subclass writes ``value`` and ``slope``.

    Raises: ValueRangeError for a negative weight, or no parameters.

    Source: Goodfellow et al. 2016, section 7.1 and algorithm 6.4.
    """

    of_network: ClassVar[bool] = False      # whether it is taken where the network has just been, for a whole batch

    def __init__(self, parameters: Iterable[Parameter], weight: NonNegative) -> None:
        self.parameters = list(parameters)
        self.weight = check_range(weight, 0.0, float("inf"), name="weight", owner=type(self).__name__)
        if not self.parameters:
            raise ValueRangeError(f"{type(self).__name__} got no parameters; weights_of(model) yields those of a model")

    def value(self, w: Array) -> Array:
        """Return the penalty of every element, for a weight of one."""
        raise NotImplementedError(f"{type(self).__name__}.value")

    def slope(self, w: Array) -> Array:
        """Return its derivative."""
        raise NotImplementedError(f"{type(self).__name__}.slope")

    def forward(self) -> float:
        """Return the penalty at the present parameters."""
        return self.weight * sum(float(self.value(parameter.data).sum()) for parameter in self.parameters)

    __call__ = forward

    def backward(self, grad_out: float = 1.0) -> None:
        """Add the penalty's gradient to the gradients of the parameters."""
        for parameter in self.parameters:
            if parameter.requires_grad:
                parameter.grad += grad_out * self.weight * self.slope(parameter.data)

    def price(self, prediction: Any) -> float:
        """Return ``forward()`` where the network has just made a ``prediction``."""
        return self.forward()

    def add_gradient(self, prediction: Any) -> float:
        """Run ``backward`` and return ``forward()``, in a step in which the network has just made a ``prediction``."""
        self.backward()
        return self.forward()


class L1Penalty(Penalty):
    """Lasso: ``weight * |w|.sum()``, which drives small parameters to exactly zero.

    Gradients:
        grad_w = weight * sign(w)

    Source: Goodfellow et al. 2016, section 7.1.2.

    Example:
        >>> w = Parameter(np.array([2.0, -3.0]))
        >>> penalty = L1Penalty([w], weight=0.5)
        >>> penalty.forward()
        2.5
        >>> penalty.backward()
        >>> w.grad.tolist()
        [0.5, -0.5]
    """

    def value(self, w: Array) -> Array:
        return np.abs(w)

    def slope(self, w: Array) -> Array:
        return np.sign(w)


class L2Penalty(Penalty):
    """Ridge, or weight decay as a loss: ``weight / 2 * (w**2).sum()``; optimisers call it ``weight_decay=weight``.

    Gradients:
        grad_w = weight * w

    Source: Goodfellow et al. 2016, section 7.1.1.

    Example:
        >>> w = Parameter(np.array([2.0, -4.0]))
        >>> penalty = L2Penalty([w], weight=0.5)
        >>> penalty.forward()
        5.0
        >>> penalty.backward()
        >>> w.grad.tolist()
        [1.0, -2.0]
    """

    def value(self, w: Array) -> Array:
        return w * w / 2

    def slope(self, w: Array) -> Array:
        return w
