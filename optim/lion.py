"""Steps of one length in every element: the sign of momentum."""

import numpy as np

from ..layers.core import Array, Beta, NonNegative
from .groups import Group, Params
from .in_place import add, lerp, scratch
from .optimizer import Optimizer

__all__ = ["Lion"]


class Lion(Optimizer):
    """Evolved sign momentum: every element moves by ``lr``, so take a tenth of Adam's and ten times its decay.

    Formula: w *= 1 - lr * weight_decay
             w -= lr * sign(beta1 * exp_avg + (1 - beta1) * grad)
             exp_avg = beta2 * exp_avg + (1 - beta2) * grad

    Cost: one array of the size of the parameters.

    Source: Chen et al. 2023, algorithm 2.

    Example:
        >>> w = Parameter(np.array([1.0, 2.0]))
        >>> optimizer = Lion([w], lr=0.5)
        >>> w.grad = np.array([1e-3, -1e3])
        >>> optimizer.step()
        >>> w.data.tolist()
        [0.5, 2.5]
    """

    def __init__(self, params: Params, lr: NonNegative = 1e-4, betas: tuple[Beta, Beta] = (0.9, 0.99),
                 weight_decay: NonNegative = 0, *, maximize: bool = False) -> None:
        super().__init__(params, lr=lr, betas=betas, weight_decay=weight_decay, decoupled_weight_decay=True,
                         maximize=maximize)

    def state_names(self, group: Group) -> tuple[str, ...]:
        return ("exp_avg",)

    def update(self, w: Array, grad: Array, state: dict[str, Array], step: int, group: Group) -> None:
        (beta1, beta2), exp_avg, direction = group["betas"], state["exp_avg"], scratch(w, "direction")
        np.copyto(direction, exp_avg)
        lerp(direction, grad, 1 - beta1)
        add(w, np.sign(direction, out=scratch(w, "sign")), -group["lr"])      # in place it takes eight times as long
        lerp(exp_avg, grad, 1 - beta2)
