"""Descent towards flat minima: the gradient is taken where the loss near by is highest."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from ..layers.core import NonNegative, Parameter, ValueRangeError, check_range
from .groups import parameters_of
from .optimizer import Closure, Optimizer

__all__ = ["SAM"]


class SAM(Optimizer):
    """Sharpness-aware minimisation: another optimiser, given the gradient at the worst point within ``rho``.

    Formula: step = rho * grad / norm(grad)                 (norm of all gradients as of one vector)
             grad = gradient at w + step; then the step of ``optimizer`` from w
    With ``adaptive`` distances are measured in units of abs(w): step = rho * w**2 * grad / norm(w * grad).

    Groups, options and state are those of ``optimizer``; schedules may be given either. Running means of layers such
    as BatchNorm are updated twice.

    Cost: two evaluations of loss and gradients, and one array of the size of the parameters during the step.

    Raises: StateError without a closure; ValueRangeError around an optimiser that itself needs one.

    Source: Foret et al. 2021, algorithm 1; Kwon et al. 2021 for ``adaptive``.

    Example:
        >>> w = Parameter(np.array([3.0, 4.0]), dtype=np.float64)
        >>> optimizer = SAM(SGD([w], lr=0.1), rho=0.5)
        >>> def closure():
        ...     w.grad = w.data
        ...     return float(w.data @ w.data / 2)
        >>> optimizer.step(closure), w.data.round(2).tolist()      # the gradient is that at w + 0.5 * (0.6, 0.8)
        (12.5, [2.67, 3.56])
    """

    needs_closure = True

    def __init__(self, optimizer: Optimizer, rho: NonNegative = 0.05, adaptive: bool = False) -> None:
        if optimizer.needs_closure:
            raise ValueRangeError(f"SAM expected an optimiser that takes one gradient a step, got "
                                  f"{type(optimizer).__name__}")
        self.optimizer = optimizer
        self.rho = check_range(rho, 0.0, math.inf, name="rho", owner="SAM")
        self.adaptive = adaptive
        self.defaults, self.param_groups = optimizer.defaults, optimizer.param_groups

    def step(self, closure: Closure | None = None) -> float:
        closure = self._required(closure)
        loss = closure()
        moved = [(parameter, parameter.data.copy()) for parameter in parameters_of(self.param_groups)
                 if parameter.reached and parameter.requires_grad]
        try:
            self._climb([parameter for parameter, _ in moved])
            closure()
        finally:
            for parameter, data in moved:
                parameter.data = data
        self.optimizer.step()
        return loss

    def add_param_group(self, param_group: Mapping[str, Any]) -> None:
        self.optimizer.add_param_group(param_group)

    def state_dict(self) -> dict[str, Any]:
        return self.optimizer.state_dict()

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        self.optimizer.load_state_dict(state_dict)

    def _climb(self, parameters: list[Parameter]) -> None:
        scales = [np.abs(parameter.data) if self.adaptive else 1.0 for parameter in parameters]
        norms = [float(np.linalg.norm(scale * parameter.grad))
                 for scale, parameter in zip(scales, parameters, strict=True)]
        norm = math.hypot(*norms)
        if norm > 0:
            for scale, parameter in zip(scales, parameters, strict=True):
                parameter.data += self.rho / norm * scale * scale * parameter.grad

    def __getstate__(self) -> dict[str, Any]:
        return {"optimizer": self.optimizer, "rho": self.rho, "adaptive": self.adaptive}

    def __setstate__(self, own: dict[str, Any]) -> None:
        SAM.__init__(self, **own)

    def __repr__(self) -> str:
        return f"SAM({self.optimizer!r}, rho={self.rho!r}, adaptive={self.adaptive!r})"
