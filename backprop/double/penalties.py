"""Penalties on the derivative of a network with respect to its input, to be trained like those on weights."""

from math import prod
from typing import Any

import numpy as np

from ...layers.core import (
    Array,
    Layer,
    NonNegative,
    Size,
    StateError,
    ValueRangeError,
    check_range,
    check_size,
    default_rng,
)
from ...losses import Loss, Penalty
from ...training.modes import mode
from .passes import Price, double_backward, input_gradient

__all__ = ["GradientPenalty", "JacobianPenalty", "NetworkPenalty", "jacobian_norms"]


class NetworkPenalty(Penalty):
    """A price on derivatives of a network, taken where its last forward (and its loss's) has been.

    A subclass writes ``backward``, which adds the gradient and returns the price, and ``forward``, which only returns
    it. ``Trainer(penalties=…)`` calls it in every step; it runs no forward of its own, so dropout and batch norms are
    what they were for the loss.

    Raises: ValueRangeError for a negative weight, StateError before the network's first forward.

    Source: Drucker & LeCun 1992.
    """

    of_network = True

    def __init__(self, model: Layer, weight: NonNegative) -> None:
        self.model = model
        self.parameters = list(model.parameters())
        self.weight = check_range(weight, 0.0, float("inf"), name="weight", owner=type(self).__name__)

    def forward(self, prediction: Any = None) -> float:
        """Return the penalty where network and loss have last been; ``prediction`` is what the network answered."""
        raise NotImplementedError(f"{type(self).__name__}.forward")

    def price(self, prediction: Any) -> float:
        return self.forward(prediction)

    def _price(self, grad_x: Array) -> tuple[float, Array]:
        """Return ``weight / 2 * (grad_x**2).sum() / N`` and its gradient."""
        scale = self.weight / max(len(grad_x), 1)
        return scale / 2 * float(np.vdot(grad_x, grad_x)), scale * grad_x


class JacobianPenalty(NetworkPenalty):
    """Price on sensitivity, ``weight / 2 * (J**2).sum() / N`` with J of all outputs by all inputs, for each sample.

    ``projections`` estimates it by so many random directions u of the outputs, uniform on the sphere:
    ``(J**2).sum() = K * mean((J.T @ u)**2).sum()`` with K outputs; None takes every output, K times the work of one.

    Gradients:
        ``double_backward`` for each output or direction, with ``grad_x = J.T @ u`` as its own direction

    Raises: ValueRangeError for a negative weight, StateError before forward.

    Source: Sokolić et al. 2017; Hoffman, Roberts & Yaida 2019, algorithm 1 (projections); Etmann 2019.

    Example:
        >>> from chainrule.backprop import JacobianPenalty
        >>> model = Linear(3, 2)
        >>> penalty = JacobianPenalty(model, weight=2.0)
        >>> y = model.forward(np.zeros((4, 3), np.float32))
        >>> bool(np.isclose(penalty.forward(y), (model.weight.data**2).sum()))
        True
    """

    def __init__(self, model: Layer, weight: NonNegative, projections: Size | None = None, *,
                 rng: np.random.Generator | None = None) -> None:
        super().__init__(model, weight)
        self.projections = None if projections is None else check_size(projections, "projections", "JacobianPenalty")
        self.rng = rng

    def forward(self, prediction: Any = None) -> float:
        """Return the penalty, given what the network has just answered."""
        return sum(share * self._price(input_gradient(self.model, u))[0] for share, u in self._directions(prediction))

    def backward(self, grad_out: float = 1.0, prediction: Any = None) -> None:
        """Add the penalty's gradient to those of the parameters, ``grad_out`` times."""
        self._back(grad_out, prediction)

    def add_gradient(self, prediction: Any) -> float:
        return self._back(1.0, prediction)

    def _back(self, grad_out: float, prediction: Any) -> float:
        return sum(double_backward(self.model, u, self._scaled(grad_out * share)) / grad_out
                   for share, u in self._directions(prediction)) if grad_out else 0.0

    def _scaled(self, share: float) -> Price:
        def price(grad_x: Array) -> tuple[float, Array]:
            value, direction = self._price(grad_x)
            return share * value, np.asarray(share * direction, grad_x.dtype)
        return price

    def _directions(self, prediction: Any) -> list[tuple[float, Array]]:
        """Return directions of the outputs, the same or others for each sample, and what each counts."""
        if not isinstance(prediction, np.ndarray):
            raise StateError(f"{type(self).__name__} expected the network's last output as prediction, an array, got "
                             f"{type(prediction).__name__}; write penalty.forward(model.forward(x))")
        if self.projections is None:
            return [(1.0, unit) for unit in _units(prediction)]
        return [(prod(prediction.shape[1:]) / self.projections, _unit(prediction, default_rng(self.rng)))
                for _ in range(self.projections)]


class GradientPenalty(NetworkPenalty):
    """Double backpropagation: ``weight / 2 * (grad_x**2).sum() / N``, grad_x of every sample's own loss by its input.

    ``loss`` is the one that is trained, with reduction "mean" (over samples) or "sum", at its last forward.

    Gradients:
        ``double_backward`` from the loss's gradient, whose own change along the direction is ``loss.hvp``

    Raises: ValueRangeError for a negative weight or a loss with reduction "none", StateError before forward.

    Source: Drucker & LeCun 1992.

    Example:
        >>> from chainrule.backprop import GradientPenalty
        >>> model, loss = Linear(3, 1), MSELoss()
        >>> value = loss.forward(model.forward(np.zeros((4, 3), np.float32)), np.ones((4, 1), np.float32))
        >>> GradientPenalty(model, loss, weight=0.1).forward() > 0
        True
    """

    def __init__(self, model: Layer, loss: Loss, weight: NonNegative) -> None:
        super().__init__(model, weight)
        if loss.reduction not in ("mean", "sum"):
            raise ValueRangeError(f"GradientPenalty expected a loss with reduction='mean' or 'sum', got {loss.title}")
        self.loss = loss

    def forward(self, prediction: Any = None) -> float:
        """Return the penalty where network and loss have last been."""
        return self._own(input_gradient(self.model, self.loss.backward()))[0]

    def backward(self, grad_out: float = 1.0, prediction: Any = None) -> None:
        """Add the penalty's gradient to those of the parameters, ``grad_out`` times."""
        self._back(grad_out)

    def add_gradient(self, prediction: Any) -> float:
        return self._back(1.0)

    def _back(self, grad_out: float) -> float:
        def price(grad_x: Array) -> tuple[float, Array]:
            value, direction = self._own(grad_x)
            return value, np.asarray(grad_out * direction, grad_x.dtype)
        return double_backward(self.model, self.loss.backward(), price, curvature=self.loss.hvp)

    def _own(self, grad_x: Array) -> tuple[float, Array]:
        """Return the price of the loss's gradient, which for "mean" is 1 / N of every sample's own."""
        whole = len(grad_x) if self.loss.reduction == "mean" else 1
        value, direction = self._price(whole * grad_x)
        return value, whole * direction


def jacobian_norms(model: Layer, x: Array) -> Array:
    """Return ``sqrt((J**2).sum())`` of every sample's Jacobian, all outputs by all inputs, in evaluation mode; (N,).

    Example:
        >>> from chainrule.backprop import jacobian_norms
        >>> jacobian_norms(Linear(3, 2), np.zeros((4, 3), np.float32)).shape
        (4,)
    """
    with mode(model, False):
        y = model.forward(x)
        squares = np.zeros(len(x), y.dtype)
        for u in _units(y):
            squares += (input_gradient(model, u)**2).sum(axis=tuple(range(1, x.ndim)))
    return np.sqrt(squares)


def _units(prediction: Array) -> list[Array]:
    """Return for every output the direction in which it alone changes, the same for each sample."""
    return [np.broadcast_to(unit.reshape(prediction.shape[1:]), prediction.shape).copy()
            for unit in np.eye(prod(prediction.shape[1:]), dtype=prediction.dtype)]


def _unit(prediction: Array, rng: np.random.Generator) -> Array:
    """Return for every sample a direction of its outputs, of length one."""
    drawn = rng.standard_normal(prediction.shape).reshape(len(prediction), -1)
    drawn /= np.sqrt((drawn * drawn).sum(axis=1, keepdims=True))
    return drawn.reshape(prediction.shape).astype(prediction.dtype)
