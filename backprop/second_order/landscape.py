"""The objective of one step as a function of one vector, with the products of curvature that methods ask for."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from ...layers.core import Array, Entry, Layer, NonFiniteError, Parameter, call_back, default_rng, flatten, rewinding
from ...losses import Loss
from ...optim.vector import gradient_vector, place
from ...training import Objective
from ..curvature import gauss_newton, hessian, parameter_jacobian
from .random_root import random_root

__all__ = ["Landscape"]


class Landscape:
    """Loss, gradient and curvature of an objective where its parameters are the vector ``w``.

    Every evaluation is of the same function: generators and buffers are rewound before it, so dropout draws the same
    mask and running means move only once in a step, by the first evaluation.

    Attributes:
        rng: draws what a method draws in this step
    """

    def __init__(self, objective: Objective, parameters: Sequence[Parameter]) -> None:
        self.objective = objective
        self.parameters = parameters
        self.rng = np.random.default_rng(int(default_rng().integers(2**63)))
        self._rewind = rewinding(objective.model)

    def value(self, w: Array) -> float:
        """Return the loss at ``w``, infinity where there is none."""
        self._go(w)
        with np.errstate(over="ignore", invalid="ignore"):
            value = self.objective.value()
        return value if math.isfinite(value) else math.inf

    def gradient(self, w: Array) -> tuple[float, Array]:
        """Return loss and gradient at ``w``.

        Raises: NonFiniteError where they are not finite.
        """
        self._go(w)
        value, grad = self.objective(), gradient_vector(self.parameters)
        if not (math.isfinite(value) and np.isfinite(grad).all()):
            raise NonFiniteError("loss or gradient is not finite; look at the data, or at the initial weights")
        return value, grad

    def hessian(self, w: Array) -> Any:
        """Return the loss's Hessian at ``w``, as an operator."""
        model, loss, x, y = self._at(w)
        return hessian(model, loss, x, y, self.parameters)

    def gauss_newton(self, w: Array) -> Any:
        """Return the Gauss–Newton matrix at ``w``, as an operator."""
        model, loss, x, y = self._at(w)
        return gauss_newton(model, loss, x, y, self.parameters)

    def linearized_errors(self, w: Array) -> tuple[Array, Any]:
        """Return all ``prediction - target`` at ``w`` and their Jacobian, so scaled that the loss, an MSELoss, is the
        sum of their squares."""
        model, loss, x, y = self._at(w)
        jacobian = parameter_jacobian(model, x, self.parameters)
        loss.forward(model.forward(*flatten(x)), y)
        own, _, _, divisor = loss.point()
        scale = 1 / math.sqrt(divisor)
        return scale * (own.prediction - own.target).ravel(), scale * jacobian

    def random_gradient(self, w: Array) -> Array:
        """Return a random vector g for which the mean of ``g @ g.T`` is the Gauss–Newton matrix at ``w``."""
        model, loss, x, y = self._at(w)
        loss.forward(model.forward(*flatten(x)), y)
        model.zero_grad()
        call_back(model, Entry(model, model.point()), random_root(loss, self.rng), needs_input_grad=False)
        return gradient_vector(self.parameters)

    def part(self, samples: float) -> "Landscape":
        """Return the landscape of so many samples of the batch, drawn without replacement; of all if it has no more."""
        rows = len(self.objective.y)
        if samples >= rows:
            return self
        found = Landscape(self.objective.part(self.rng.permutation(rows)[:math.ceil(samples)]), self.parameters)
        found.rng = self.rng
        return found

    def _at(self, w: Array) -> tuple[Layer, Loss, Any, Array]:
        self._go(w)
        return self.objective.model, self.objective.loss, self.objective.x, self.objective.y

    def _go(self, w: Array) -> None:
        self._rewind()
        place(self.parameters, w)
