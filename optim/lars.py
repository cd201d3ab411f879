"""Gradient descent with a rate of its own for every layer: large batches."""

import math

import numpy as np

from ..layers.core import Array, NonNegative, check_range
from .groups import Group, Params
from .optimizer import Optimizer
from .sgd import SGD

__all__ = ["LARS"]


class LARS(SGD):
    """Layer-wise adaptive rates: every parameter moves by a part of its own norm, whatever that of its gradient.

    Formula: trust = trust_coefficient * norm(w) / (norm(grad) + weight_decay * norm(w) + eps)
             the step of SGD with trust * (grad + weight_decay * w) in the place of grad
    A parameter that is zero, as biases are at first, has trust 1. Biases and the weights of norms are best put into
    a group with trust_coefficient=0, which for them means plain SGD.

    Cost: that of SGD, and three passes.

    Source: You, Gitman & Ginsburg 2017, equation 6; the rate outside of the momentum, as in torch.optim.SGD.

    Example:
        >>> w = Parameter(np.array([3.0, 4.0]), dtype=np.float64)
        >>> optimizer = LARS([w], lr=1.0, trust_coefficient=0.1)
        >>> w.grad = np.array([1e6, 0.0])               # a tenth of the norm of w, whatever the gradient
        >>> optimizer.step()
        >>> w.data.round(3).tolist()
        [2.5, 4.0]
    """

    elementwise = False
    own_decay = True

    def __init__(self, params: Params, lr: NonNegative = 1e-3, momentum: NonNegative = 0, dampening: float = 0,
                 weight_decay: NonNegative = 0, nesterov: bool = False, trust_coefficient: NonNegative = 1e-3,
                 eps: NonNegative = 1e-8, *, maximize: bool = False) -> None:
        Optimizer.__init__(self, params, lr=lr, momentum=momentum, dampening=dampening, weight_decay=weight_decay,
                           nesterov=nesterov, trust_coefficient=trust_coefficient, eps=eps, maximize=maximize)

    def check_group(self, group: Group) -> None:
        super().check_group(group)
        check_range(group["trust_coefficient"], 0.0, math.inf, name="trust_coefficient", owner="LARS")

    def update(self, w: Array, grad: Array, state: dict[str, Array], step: int, group: Group) -> None:
        decay, norm = group["weight_decay"], float(np.linalg.norm(w))
        trust = group["trust_coefficient"] * norm / (float(np.linalg.norm(grad)) + decay * norm + group["eps"])
        super().update(w, (trust if trust else 1.0) * (grad + decay * w), state, step, group)
