"""Adam with the largest gradient in the place of the root mean square."""

import numpy as np

from ..layers.core import Array, Beta, NonNegative
from .groups import Group, Params
from .in_place import addcdiv, lerp, scratch
from .optimizer import Optimizer

__all__ = ["Adamax"]


class Adamax(Optimizer):
    """Momentum, divided element by element by the largest gradient of late, which needs no correction at first.

    Formula: exp_avg = beta1 * exp_avg + (1 - beta1) * grad
             exp_inf = max(beta2 * exp_inf, abs(grad) + eps)
             w -= lr * exp_avg / (1 - beta1**step) / exp_inf
    weight_decay * w is added to grad beforehand.

    Cost: two arrays of the size of the parameters.

    Source: Kingma & Ba 2015, algorithm 2.

    Example:
        >>> w = Parameter(np.array([1.0, 2.0]))
        >>> optimizer = Adamax([w], lr=0.5)
        >>> w.grad = np.array([1e-3, -1e3])
        >>> optimizer.step()
        >>> w.data.round(2).tolist()
        [0.5, 2.5]
    """

    def __init__(self, params: Params, lr: NonNegative = 2e-3, betas: tuple[Beta, Beta] = (0.9, 0.999),
                 eps: NonNegative = 1e-8, weight_decay: NonNegative = 0, *, maximize: bool = False) -> None:
        super().__init__(params, lr=lr, betas=betas, eps=eps, weight_decay=weight_decay, maximize=maximize)

    def state_names(self, group: Group) -> tuple[str, ...]:
        return ("exp_avg", "exp_inf")

    def update(self, w: Array, grad: Array, state: dict[str, Array], step: int, group: Group) -> None:
        (beta1, beta2), exp_avg, exp_inf = group["betas"], state["exp_avg"], state["exp_inf"]
        lerp(exp_avg, grad, 1 - beta1)
        size = np.abs(grad, out=scratch(w, "size"))
        size += group["eps"]
        exp_inf *= beta2
        np.maximum(exp_inf, size, out=exp_inf)
        addcdiv(w, exp_avg, exp_inf, -group["lr"] / (1 - beta1**step))
