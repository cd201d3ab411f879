"""Adam with Nesterov's momentum."""

import math

import numpy as np

from ..layers.core import Array, Beta, NonNegative, Shape, check_range
from .groups import Group, Params
from .in_place import addcdiv, addcmul, lerp, scratch
from .optimizer import Optimizer

__all__ = ["NAdam"]


class NAdam(Optimizer):
    """Adam that looks one step ahead: the mean gradient is the one that the next step will use.

    Formula: mu(step) = beta1 * (1 - 0.96**(step * momentum_decay) / 2)
             mu_product = mu(1) * mu(2) * … * mu(step)
             exp_avg    = beta1 * exp_avg + (1 - beta1) * grad
             exp_avg_sq = beta2 * exp_avg_sq + (1 - beta2) * grad**2
             root = sqrt(exp_avg_sq / (1 - beta2**step)) + eps
             w -= lr * (1 - mu(step)) / (1 - mu_product) * grad / root
             w -= lr * mu(step + 1) / (1 - mu_product * mu(step + 1)) * exp_avg / root
    weight_decay as in Adam.

    Cost: two arrays of the size of the parameters.

    Source: Dozat 2016, algorithm 2 with the warm-up of mu of its section 4; torch.optim.NAdam.

    Example:
        >>> w = Parameter(np.array([1.0, 2.0]), dtype=np.float64)
        >>> optimizer = NAdam([w], lr=0.5)
        >>> w.grad = np.array([1e-3, -1e3])
        >>> optimizer.step()
        >>> w.data.round(2).tolist()
        [0.47, 2.53]
    """

    elementwise = False

    def __init__(self, params: Params, lr: NonNegative = 2e-3, betas: tuple[Beta, Beta] = (0.9, 0.999),
                 eps: NonNegative = 1e-8, weight_decay: NonNegative = 0, momentum_decay: NonNegative = 4e-3,
                 decoupled_weight_decay: bool = False, *, maximize: bool = False) -> None:
        super().__init__(params, lr=lr, betas=betas, eps=eps, weight_decay=weight_decay, momentum_decay=momentum_decay,
                         decoupled_weight_decay=decoupled_weight_decay, maximize=maximize)

    def check_group(self, group: Group) -> None:
        super().check_group(group)
        check_range(group["momentum_decay"], 0.0, math.inf, name="momentum_decay", owner="NAdam")

    def state_shapes(self, group: Group, shape: Shape) -> dict[str, Shape]:
        return {"mu_product": (), "exp_avg": shape, "exp_avg_sq": shape}

    def update(self, w: Array, grad: Array, state: dict[str, Array], step: int, group: Group) -> None:
        lr, (beta1, beta2), exp_avg, exp_avg_sq = group["lr"], group["betas"], state["exp_avg"], state["exp_avg_sq"]
        mu, mu_next = (beta1 * (1 - 0.96 ** (each * group["momentum_decay"]) / 2) for each in (step, step + 1))
        mu_product = mu * (1.0 if step == 1 else float(state["mu_product"]))
        state["mu_product"][...] = mu_product
        lerp(exp_avg, grad, 1 - beta1)
        exp_avg_sq *= beta2
        addcmul(exp_avg_sq, grad, grad, 1 - beta2)
        root = np.sqrt(exp_avg_sq, out=scratch(w, "root"))
        root /= math.sqrt(1 - beta2**step)
        root += group["eps"]
        addcdiv(w, grad, root, -lr * (1 - mu) / (1 - mu_product))
        addcdiv(w, exp_avg, root, -lr * mu_next / (1 - mu_product * mu_next))
