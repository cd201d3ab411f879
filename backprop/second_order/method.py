"""The base of methods that move all parameters together, by what they learn of the curvature of a batch."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from ...layers.core import (
    Array,
    NonNegative,
    ShapeError,
    StateError,
    ValueRangeError,
    check_range,
    check_size,
    rewinding,
    show_shape,
)
from ...optim import Optimizer
from ...optim.groups import Group, Params, parameters_of
from ...optim.optimizer import Closure
from ...optim.vector import place, value_vector
from ...training import Objective
from .landscape import Landscape

__all__ = ["LEAST_DAMPING", "SecondOrder"]

LEAST_DAMPING = 1e-12       # from where it can still come back, and singular factors have an inverse
_COUNTS = {"max_iter": 1, "max_tries": 1, "refresh": 1, "samples": 1, "draws": 0}       # options, the least they may be
_NUMBERS = {"damping": math.inf, "structural": math.inf, "tolerance": math.inf, "decay": 1.0}


class SecondOrder(Optimizer):
    """An optimiser whose step is told network, loss and batch, by an Objective in the place of a closure.

    A Trainer hands one over; without, write ``optimizer.step(Objective(model, loss, x, y))``. A subclass writes
    ``minimum``, and keeps what it remembers from step to step in ``memory``.

    Formula: w += lr * (minimum(landscape, w, loss, grad) - w)

    Attributes:
        memory: numbers, vectors as long as all parameters together, and matrices, by name; in ``state_dict``

    Raises: StateError for a step without an Objective, ValueRangeError for several groups.

    Source: Nocedal & Wright 2006, chapters 5 to 10.
    """

    needs_closure = True
    needs_curvature = True

    def __init__(self, params: Params, lr: NonNegative = 1.0, **options: Any) -> None:
        super().__init__(params, lr=lr, **options)
        if len(self.param_groups) > 1:
            raise ValueRangeError(f"{type(self).__name__} expected one group of parameters, got "
                                  f"{len(self.param_groups)}; it moves all of them together")
        self.memory: dict[str, Any] = {}

    def check_group(self, group: Group) -> None:
        super().check_group(group)
        owner = type(self).__name__
        for name, least in _COUNTS.items():
            if group.get(name) is not None:
                check_size(group[name], name, owner, least)
        for name, high in _NUMBERS.items():
            if name in group:
                check_range(group[name], 0.0, high, name=name, owner=owner, open_low=name == "damping")
        check_range(group.get("growth", 1.0), 1.0, math.inf, name="growth", owner=owner)

    def minimum(self, landscape: Landscape, w: Array, loss: float, grad: Array) -> Array:
        """Return where the parameters are to go from ``w``, where loss and gradient are known."""
        raise NotImplementedError(f"{type(self).__name__}.minimum")

    def step(self, closure: Closure | None = None) -> float:
        """Move the parameters by one step on the batch of an Objective; return its loss before."""
        if not isinstance(closure, Objective):
            raise StateError(f"{type(self).__name__} expected an Objective, which knows network, loss and batch, got "
                             f"{'nothing' if closure is None else type(closure).__name__}; train with a Trainer, or "
                             f"write step(Objective(model, loss, x, y))")
        parameters = [parameter for parameter in parameters_of(self.param_groups) if parameter.requires_grad]
        w, landscape = value_vector(parameters), Landscape(closure, parameters)
        self._forget(w)
        loss, grad = landscape.gradient(w)
        put_back, end = rewinding(closure.model), w
        try:
            end = w + self.param_groups[0]["lr"] * (self.minimum(landscape, w, loss, grad) - w)
        finally:
            put_back()
            place(parameters, end)
        return loss

    def add_param_group(self, param_group: Mapping[str, Any]) -> None:
        """Refuse: all parameters move together, and what is remembered is of these."""
        raise ValueRangeError(f"{type(self).__name__} expected one group of parameters, got another; make a new one of "
                              f"all parameters")

    def state_dict(self) -> dict[str, Any]:
        """Return the memory, under the first parameter, and the options."""
        entry = {name: value.copy() if isinstance(value, np.ndarray) else value for name, value in self.memory.items()}
        return {**super().state_dict(), "state": {0: entry} if entry else {}}

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Go on where ``state_dict()`` was taken, with parameters of the same shapes in the same order."""
        entry: Mapping[str, Any] = next(iter(state_dict["state"].values()), {})
        self.check_memory(entry)
        super().load_state_dict({**state_dict, "state": {}})
        self.memory = {name: np.array(value) if isinstance(value, np.ndarray) else value
                       for name, value in entry.items()}

    def _forget(self, w: Array) -> None:
        """Forget everything where parameters have been frozen or thawed."""
        if any(np.ndim(value) == 1 and value.shape != w.shape for value in self.memory.values()):
            self.memory = {}

    def check_memory(self, entry: Mapping[str, Any]) -> None:
        """Raise ShapeError for vectors of other parameters."""
        size = sum(parameter.size for parameter in parameters_of(self.param_groups) if parameter.requires_grad)
        for name, value in entry.items():
            if np.ndim(value) == 1 and value.shape != (size,):
                raise ShapeError(f"{type(self).__name__} expected {name} of shape {show_shape((size,))}, got "
                                 f"{show_shape(value.shape)}; make it for the same parameters")
