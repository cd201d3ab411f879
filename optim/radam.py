"""Adam that does not divide by a variance it does not know yet."""

import math

import numpy as np

from ..layers.core import Array, Beta, NonNegative
from .groups import Group, Params
from .in_place import add, addcdiv, addcmul, lerp, scratch
from .optimizer import Optimizer

__all__ = ["RAdam"]


class RAdam(Optimizer):
    """Rectified Adam: plain momentum at first, then Adam times a factor that grows to 1; a warm-up of its own.

    Formula: exp_avg    = beta1 * exp_avg + (1 - beta1) * grad
             exp_avg_sq = beta2 * exp_avg_sq + (1 - beta2) * grad**2
             rho_inf = 2 / (1 - beta2) - 1,  rho = rho_inf - 2 * step * beta2**step / (1 - beta2**step)
             rect = sqrt((rho - 4) * (rho - 2) * rho_inf / ((rho_inf - 4) * (rho_inf - 2) * rho))
             w -= lr * exp_avg / (1 - beta1**step)      (while rho <= 5; after that times the next line)
                  rect * sqrt(1 - beta2**step) / (sqrt(exp_avg_sq) + eps)
    weight_decay as in Adam.

    Cost: two arrays of the size of the parameters.

    Source: Liu et al. 2020, algorithm 2; torch.optim.RAdam.

    Example:
        >>> w = Parameter(np.array([1.0, 2.0]), dtype=np.float64)
        >>> optimizer = RAdam([w], lr=0.5)
        >>> w.grad = np.array([1e-3, -1.0])         # the first steps are those of momentum
        >>> optimizer.step()
        >>> w.data.round(4).tolist()
        [0.9995, 2.5]
    """

    def __init__(self, params: Params, lr: NonNegative = 1e-3, betas: tuple[Beta, Beta] = (0.9, 0.999),
                 eps: NonNegative = 1e-8, weight_decay: NonNegative = 0, decoupled_weight_decay: bool = False, *,
                 maximize: bool = False) -> None:
        super().__init__(params, lr=lr, betas=betas, eps=eps, weight_decay=weight_decay,
                         decoupled_weight_decay=decoupled_weight_decay, maximize=maximize)

    def state_names(self, group: Group) -> tuple[str, ...]:
        return ("exp_avg", "exp_avg_sq")

    def update(self, w: Array, grad: Array, state: dict[str, Array], step: int, group: Group) -> None:
        (beta1, beta2), exp_avg, exp_avg_sq = group["betas"], state["exp_avg"], state["exp_avg_sq"]
        lerp(exp_avg, grad, 1 - beta1)
        exp_avg_sq *= beta2
        addcmul(exp_avg_sq, grad, grad, 1 - beta2)
        length, bias = group["lr"] / (1 - beta1**step), 1 - beta2**step
        rho_inf = 2 / (1 - beta2) - 1
        rho = rho_inf - 2 * step * beta2**step / bias
        if rho > 5:
            rect = math.sqrt((rho - 4) * (rho - 2) * rho_inf / ((rho_inf - 4) * (rho_inf - 2) * rho))
            root = np.sqrt(exp_avg_sq, out=scratch(w, "root"))
            root += group["eps"]
            addcdiv(w, exp_avg, root, -length * rect * math.sqrt(bias))
        else:
            add(w, exp_avg, -length)
