"""Wrong steps of optimisers: named mistakes in how gradients become a change of parameters."""

from typing import Any

import numpy as np

from ...layers.core import Array
from ...optim import Adadelta, Adagrad, Adam, AdamW, Lion, RMSprop
from . import descent
from .optimizer_mutant import OptimizerMutant, OptimizerSubject, State

__all__ = ["OPTIMIZER_MUTANTS", "OPTIMIZER_SUBJECTS"]

adam = OptimizerSubject(Adam, lambda params: Adam(params, lr=0.1, weight_decay=0.2, eps=1e-3), [])
adamw = OptimizerSubject(AdamW, lambda params: AdamW(params, lr=0.1, weight_decay=0.2), [])
rms = OptimizerSubject(RMSprop, lambda params: RMSprop(params, lr=0.1, alpha=0.9, eps=1e-3), [])
adagrad = OptimizerSubject(Adagrad, lambda params: Adagrad(params, lr=0.1, lr_decay=0.1), [])
adadelta = OptimizerSubject(Adadelta, lambda params: Adadelta(params, eps=1e-3), [])
lion = OptimizerSubject(Lion, lambda params: Lion(params, lr=0.1, betas=(0.5, 0.9)), [])

OPTIMIZER_SUBJECTS = (*descent.SUBJECTS, adam, adamw, rms, adagrad, adadelta, lion)


def moments(state: State, grad: Array, beta1: float, beta2: float, square: Array | None = None) -> tuple[Array, Array]:
    """Move the running means of the gradient and of its square, and return them."""
    first, second = state["exp_avg"], state["exp_avg_sq"]
    first += (1 - beta1) * (grad - first)
    second += (1 - beta2) * ((grad * grad if square is None else square) - second)
    return first, second


@adam.wrong("path")
def no_bias_correction(self: Adam, w: Array, grad: Array, state: State, step: int, group: dict[str, Any]) -> None:
    """The moments begin with zero and are used as they are: the first steps are too large or too small."""
    first, second = moments(state, grad, *group["betas"])
    w -= group["lr"] * first / (np.sqrt(second) + group["eps"])


@adam.wrong("path")
def second_moment_not_corrected(self: Adam, w: Array, grad: Array, state: State, step: int,
                                group: dict[str, Any]) -> None:
    """Only the first moment is corrected for its beginning with zero."""
    beta1, beta2 = group["betas"]
    first, second = moments(state, grad, beta1, beta2)
    w -= group["lr"] * first / (1 - beta1**step) / (np.sqrt(second) + group["eps"])


@adam.wrong("formula")
def steps_counted_from_zero(self: Adam, w: Array, grad: Array, state: State, step: int, group: dict[str, Any]) -> None:
    """The exponent of the correction is one too large: steps are counted from two instead of from one."""
    beta1, beta2 = group["betas"]
    first, second = moments(state, grad, beta1, beta2)
    w -= group["lr"] * first / (1 - beta1**(step + 1)) / (np.sqrt(second / (1 - beta2**(step + 1))) + group["eps"])


@adam.wrong("formula")
def root_left_out(self: Adam, w: Array, grad: Array, state: State, step: int, group: dict[str, Any]) -> None:
    """The first moment is divided by the second, not by its root."""
    beta1, beta2 = group["betas"]
    first, second = moments(state, grad, beta1, beta2)
    w -= group["lr"] * first / (1 - beta1**step) / (second / (1 - beta2**step) + group["eps"])


@adam.wrong("order")
def betas_exchanged(self: Adam, w: Array, grad: Array, state: State, step: int, group: dict[str, Any]) -> None:
    """The two decay rates are exchanged."""
    beta2, beta1 = group["betas"]
    first, second = moments(state, grad, beta1, beta2)
    w -= group["lr"] * first / (1 - beta1**step) / (np.sqrt(second / (1 - beta2**step)) + group["eps"])


@adam.wrong("formula")
def gradient_not_squared(self: Adam, w: Array, grad: Array, state: State, step: int, group: dict[str, Any]) -> None:
    """The second moment is the running mean of the gradient's size, not of its square."""
    beta1, beta2 = group["betas"]
    first, second = moments(state, grad, beta1, beta2, np.abs(grad))
    w -= group["lr"] * first / (1 - beta1**step) / (np.sqrt(second / (1 - beta2**step)) + group["eps"])


@adam.wrong("formula")
def eps_under_the_root(self: Adam, w: Array, grad: Array, state: State, step: int, group: dict[str, Any]) -> None:
    """The eps is added under the root instead of to it."""
    beta1, beta2 = group["betas"]
    first, second = moments(state, grad, beta1, beta2)
    w -= group["lr"] * first / (1 - beta1**step) / np.sqrt(second / (1 - beta2**step) + group["eps"])


@adam.wrong("sign")
def adam_uphill(self: Adam, w: Array, grad: Array, state: State, step: int, group: dict[str, Any]) -> None:
    """The step is added: it goes uphill."""
    beta1, beta2 = group["betas"]
    first, second = moments(state, grad, beta1, beta2)
    w += group["lr"] * first / (1 - beta1**step) / (np.sqrt(second / (1 - beta2**step)) + group["eps"])


@adam.wrong("path")
def gradient_in_place_of_its_mean(self: Adam, w: Array, grad: Array, state: State, step: int,
                                  group: dict[str, Any]) -> None:
    """The gradient itself is divided by the root of the second moment: there is no momentum, as in RMSprop."""
    beta1, beta2 = group["betas"]
    _, second = moments(state, grad, beta1, beta2)
    w -= group["lr"] * grad / (np.sqrt(second / (1 - beta2**step)) + group["eps"])


@adam.wrong("path")
def decay_of_the_weights_left_out(self: Adam, w: Array, grad: Array, state: State, step: int,
                                  group: dict[str, Any]) -> None:
    """The weight decay is not part of the gradient."""
    decay = 0 if group["decoupled_weight_decay"] else group["weight_decay"]
    Adam.update(self, w, grad - decay * w, state, step, group)


@adamw.wrong("path")
def shrinking_left_out(self: AdamW, w: Array, grad: Array, state: State, step: int, group: dict[str, Any]) -> None:
    """The weights do not shrink: the step is that of Adam alone."""
    w /= 1 - group["lr"] * group["weight_decay"]        # what the base has done
    Adam.update(self, w, grad, state, step, group)


@adamw.wrong("order")
def decay_through_the_moments(self: AdamW, w: Array, grad: Array, state: State, step: int,
                              group: dict[str, Any]) -> None:
    """The decay is added to the gradient and goes through the moments, as in Adam; AdamW keeps it apart."""
    decay = group["weight_decay"]
    w /= 1 - group["lr"] * decay        # what the base has done
    Adam.update(self, w, grad + decay * w, state, step, group)


@adamw.wrong("factor")
def decay_without_the_learning_rate(self: AdamW, w: Array, grad: Array, state: State, step: int,
                                    group: dict[str, Any]) -> None:
    """The weights shrink by the decay itself, not by the learning rate times the decay."""
    w *= (1 - group["weight_decay"]) / (1 - group["lr"] * group["weight_decay"])
    Adam.update(self, w, grad, state, step, group)


@rms.wrong("path")
def mean_of_squares_left_out(self: RMSprop, w: Array, grad: Array, state: State, step: int,
                             group: dict[str, Any]) -> None:
    """The squares are not averaged: each step divides by the size of its own gradient."""
    w -= group["lr"] * grad / (np.abs(grad) + group["eps"])


@rms.wrong("order")
def shares_exchanged(self: RMSprop, w: Array, grad: Array, state: State, step: int, group: dict[str, Any]) -> None:
    """The old mean counts 1 - alpha and the new square alpha: the shares are exchanged."""
    square = state["square_avg"]
    square *= 1 - group["alpha"]
    square += group["alpha"] * grad * grad
    w -= group["lr"] * grad / (np.sqrt(square) + group["eps"])


@rms.wrong("formula")
def root_of_the_mean_left_out(self: RMSprop, w: Array, grad: Array, state: State, step: int,
                              group: dict[str, Any]) -> None:
    """The gradient is divided by the mean of squares, not by its root."""
    square = state["square_avg"]
    square += (1 - group["alpha"]) * (grad * grad - square)
    w -= group["lr"] * grad / (square + group["eps"])


@adagrad.wrong("accumulate")
def squares_overwritten(self: Adagrad, w: Array, grad: Array, state: State, step: int, group: dict[str, Any]) -> None:
    """The sum of squares is overwritten in each step instead of added to."""
    state["sum"][...] = grad * grad
    w -= group["lr"] / (1 + (step - 1) * group["lr_decay"]) * grad / (np.sqrt(state["sum"]) + group["eps"])


@adagrad.wrong("path")
def decay_of_the_rate_left_out(self: Adagrad, w: Array, grad: Array, state: State, step: int,
                               group: dict[str, Any]) -> None:
    """The learning rate does not decay."""
    state["sum"] += grad * grad
    w -= group["lr"] * grad / (np.sqrt(state["sum"]) + group["eps"])


@adadelta.wrong("order")
def moves_counted_before_the_step(self: Adadelta, w: Array, grad: Array, state: State, step: int,
                                  group: dict[str, Any]) -> None:
    """The root of the moves is divided the wrong way round."""
    rho, eps, square = group["rho"], group["eps"], state["square_avg"]
    square += (1 - rho) * (grad * grad - square)
    delta = np.sqrt(square + eps) / np.sqrt(state["acc_delta"] + eps) * grad
    state["acc_delta"] += (1 - rho) * (delta * delta - state["acc_delta"])
    w -= group["lr"] * delta


@adadelta.wrong("accumulate")
def moves_never_added_up(self: Adadelta, w: Array, grad: Array, state: State, step: int,
                         group: dict[str, Any]) -> None:
    """The mean of the squared moves stays at zero."""
    rho, eps, square = group["rho"], group["eps"], state["square_avg"]
    square += (1 - rho) * (grad * grad - square)
    w -= group["lr"] * np.sqrt(eps) / np.sqrt(square + eps) * grad


@lion.wrong("formula")
def sign_left_out(self: Lion, w: Array, grad: Array, state: State, step: int, group: dict[str, Any]) -> None:
    """The step is the mean itself, not its sign."""
    beta1, beta2 = group["betas"]
    w -= group["lr"] * (beta1 * state["exp_avg"] + (1 - beta1) * grad)
    state["exp_avg"] += (1 - beta2) * (grad - state["exp_avg"])


@lion.wrong("order")
def mean_moved_before_the_step(self: Lion, w: Array, grad: Array, state: State, step: int,
                               group: dict[str, Any]) -> None:
    """The mean is moved first, with the second rate, and its sign taken then."""
    state["exp_avg"] += (1 - group["betas"][1]) * (grad - state["exp_avg"])
    w -= group["lr"] * np.sign(state["exp_avg"])


OPTIMIZER_MUTANTS: tuple[OptimizerMutant, ...] = tuple(mutant for subject in OPTIMIZER_SUBJECTS
                                                       for mutant in subject.mutants)
