"""Steps scaled by running means of the gradient and of its square."""

import math

import numpy as np

from ..layers.core import Array, Beta, NonNegative
from ..layers.kernels import compiled
from .groups import Group, Params
from .in_place import addcdiv, addcmul, lerp, scratch
from .optimizer import Optimizer

__all__ = ["Adam", "adam_rule"]


class Adam(Optimizer):
    """Adaptive moments: momentum, divided element by element by the root mean square of the gradient.

    Formula: exp_avg    = beta1 * exp_avg + (1 - beta1) * grad
             exp_avg_sq = beta2 * exp_avg_sq + (1 - beta2) * grad**2
             w -= lr * exp_avg / (1 - beta1**step) / (sqrt(exp_avg_sq / (1 - beta2**step)) + eps)
    amsgrad takes the largest exp_avg_sq so far; weight_decay * w is added to grad, or with decoupled_weight_decay
    lr * weight_decay * w is subtracted from w (AdamW).

    Cost: two arrays of the size of the parameters (three with amsgrad); a dozen passes over blocks in the cache.

    Source: Kingma & Ba 2015, algorithm 1, computed in the order of the end of its section 2; Reddi et al. 2018.

    Example:
        >>> w = Parameter(np.array([1.0, 2.0]))
        >>> optimizer = Adam([w], lr=0.5)
        >>> w.grad = np.array([1e-3, -1e3])         # whatever the scale, a first step has length lr
        >>> optimizer.step()
        >>> w.data.round(2).tolist()
        [0.5, 2.5]
    """

    def __init__(self, params: Params, lr: NonNegative = 1e-3, betas: tuple[Beta, Beta] = (0.9, 0.999),
                 eps: NonNegative = 1e-8, weight_decay: NonNegative = 0, amsgrad: bool = False, *,
                 maximize: bool = False, decoupled_weight_decay: bool = False) -> None:
        super().__init__(params, lr=lr, betas=betas, eps=eps, weight_decay=weight_decay, amsgrad=amsgrad,
                         maximize=maximize, decoupled_weight_decay=decoupled_weight_decay)

    def state_names(self, group: Group) -> tuple[str, ...]:
        return ("exp_avg", "exp_avg_sq", "max_exp_avg_sq") if group["amsgrad"] else ("exp_avg", "exp_avg_sq")

    def update(self, w: Array, grad: Array, state: dict[str, Array], step: int, group: Group) -> None:
        beta1, beta2 = group["betas"]
        bias = math.sqrt(1 - beta2**step)       # taken out of the root, so that numbers and not arrays are corrected
        adam_rule(w, grad, state["exp_avg"], state["exp_avg_sq"], state.get("max_exp_avg_sq"),
                  group["lr"] * bias / (1 - beta1**step), bias * group["eps"], beta1, beta2)


@compiled
def adam_rule(w: Array, grad: Array, exp_avg: Array, exp_avg_sq: Array, largest: Array | None, rate: float,
              root_eps: float, beta1: float, beta2: float) -> None:
    """Move the moments, and ``w`` by ``-rate * exp_avg / (sqrt(exp_avg_sq) + root_eps)``."""
    lerp(exp_avg, grad, 1 - beta1)
    exp_avg_sq *= beta2
    addcmul(exp_avg_sq, grad, grad, 1 - beta2)
    if largest is not None:
        exp_avg_sq = np.maximum(largest, exp_avg_sq, out=largest)
    root = np.sqrt(exp_avg_sq, out=scratch(w, "root"))
    root += root_eps
    addcdiv(w, exp_avg, root, -rate)
