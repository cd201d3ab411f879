"""Wrong steps of plain gradient descent, and of its velocity."""

from typing import Any

import numpy as np

from ...layers.core import Array
from ...optim import SGD
from .optimizer_mutant import OptimizerSubject, State

__all__ = ["SUBJECTS"]

plain = OptimizerSubject(SGD, lambda params: SGD(params, lr=0.1, weight_decay=0.2), [])
bare = OptimizerSubject(SGD, lambda params: SGD(params, lr=0.1), [])
damped = OptimizerSubject(SGD, lambda params: SGD(params, lr=0.1, momentum=0.8, dampening=0.4), [])
heavy = OptimizerSubject(SGD, lambda params: SGD(params, lr=0.1, momentum=0.8, nesterov=True), [])

SUBJECTS = (plain, bare, damped, heavy)


@plain.wrong("sign")
def step_uphill(self: SGD, w: Array, grad: Array, state: State, step: int, group: dict[str, Any]) -> None:
    """The gradient is added: the step goes uphill."""
    SGD.update(self, w, grad, state, step, {**group, "lr": -group["lr"]})


@plain.wrong("factor")
def learning_rate_left_out(self: SGD, w: Array, grad: Array, state: State, step: int, group: dict[str, Any]) -> None:
    """The gradient is subtracted whole, without the learning rate."""
    SGD.update(self, w, grad, state, step, {**group, "lr": 1.0})


@plain.wrong("factor")
def decay_added_twice(self: SGD, w: Array, grad: Array, state: State, step: int, group: dict[str, Any]) -> None:
    """The weight decay is added here although the base has added it already."""
    SGD.update(self, w, grad + group["weight_decay"] * w, state, step, group)


@plain.wrong("path")
def decay_left_out(self: SGD, w: Array, grad: Array, state: State, step: int, group: dict[str, Any]) -> None:
    """The weight decay is not part of the step."""
    SGD.update(self, w, grad - group["weight_decay"] * w, state, step, group)


@bare.wrong("argument")
def gradient_scaled_in_place(self: SGD, w: Array, grad: Array, state: State, step: int, group: dict[str, Any]) -> None:
    """The gradient is multiplied by the learning rate in place: whoever reads it after the step finds other numbers."""
    grad *= group["lr"]
    SGD.update(self, w, grad, state, step, {**group, "lr": 1.0})


@bare.wrong("formula")
def sign_of_the_gradient(self: SGD, w: Array, grad: Array, state: State, step: int, group: dict[str, Any]) -> None:
    """Only the sign of the gradient is used."""
    SGD.update(self, w, np.sign(grad), state, step, group)


@damped.wrong("path")
def velocity_left_out(self: SGD, w: Array, grad: Array, state: State, step: int, group: dict[str, Any]) -> None:
    """The step is that of plain gradient descent: there is no velocity."""
    w -= group["lr"] * grad


@damped.wrong("path")
def dampening_left_out(self: SGD, w: Array, grad: Array, state: State, step: int, group: dict[str, Any]) -> None:
    """The gradient enters the velocity whole, without 1 - dampening."""
    SGD.update(self, w, grad, state, step, {**group, "dampening": 0.0})


@damped.wrong("factor")
def dampening_from_the_first_step(self: SGD, w: Array, grad: Array, state: State, step: int,
                                  group: dict[str, Any]) -> None:
    """The first gradient is the velocity to begin with; here it is dampened, too."""
    SGD.update(self, w, grad, state, step + 1, group)


@heavy.wrong("formula")
def plain_momentum_for_nesterov(self: SGD, w: Array, grad: Array, state: State, step: int,
                                group: dict[str, Any]) -> None:
    """The step is that of plain momentum; the look ahead of Nesterov is missing."""
    SGD.update(self, w, grad, state, step, {**group, "nesterov": False})


def moved_by(velocity: Array, w: Array, grad: Array, group: dict[str, Any]) -> None:
    """Take the step of a velocity, looking ahead if the group says so."""
    w -= group["lr"] * (grad + group["momentum"] * velocity if group["nesterov"] else velocity)


@heavy.wrong("factor")
def gradient_damped(self: SGD, w: Array, grad: Array, state: State, step: int, group: dict[str, Any]) -> None:
    """The gradient enters the velocity times 1 - momentum, as in a running mean."""
    state["momentum_buffer"] += (1 - group["momentum"]) * (grad - state["momentum_buffer"])
    moved_by(state["momentum_buffer"], w, grad, group)


@heavy.wrong("accumulate")
def velocity_overwritten(self: SGD, w: Array, grad: Array, state: State, step: int, group: dict[str, Any]) -> None:
    """The velocity is assigned anew in each step, so that nothing is remembered."""
    state["momentum_buffer"][...] = grad
    moved_by(grad, w, grad, group)


@heavy.wrong("sign")
def velocity_subtracted(self: SGD, w: Array, grad: Array, state: State, step: int, group: dict[str, Any]) -> None:
    """The old velocity is subtracted where it must be added."""
    state["momentum_buffer"] *= -1
    SGD.update(self, w, grad, state, step, group)
