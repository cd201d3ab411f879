"""A learning rate for every weight, the smaller the more the loss is curved along it."""

import math

import numpy as np

from ...layers.core import Array, NonNegative, Positive, Share, Size, check_range
from ...optim.groups import Group, Params
from .landscape import Landscape
from .method import SecondOrder

__all__ = ["DiagonalLM"]


class DiagonalLM(SecondOrder):
    """Stochastic diagonal Levenberg–Marquardt: gradient descent with a rate for each weight, by its curvature.

    Formula: w -= lr / (mu + curvature) * grad
             curvature = decay * curvature + (1 - decay) * g**2, every ``refresh`` steps     (at first: g**2)
    g is the way back of a random vector whose outer products are the loss's Hessian in the mean; so g**2 is, in the
    mean, the diagonal of the Gauss–Newton matrix, and never below 0. ``mu`` bounds the rates where the loss is flat.

    Cost: one vector as long as all parameters; a forward and a backward pass more every ``refresh`` steps.

    Raises: ValueRangeError for another loss than CrossEntropyLoss or an elementwise one.

    Source: LeCun, Bottou, Orr & Müller 1998, section 9.1; its sweep of second derivatives is replaced by random
        vectors, after Martens, Sutskever & Swersky 2012.

    Example:
        >>> from chainrule.backprop import DiagonalLM
        >>> from chainrule.training import Objective
        >>> x, y = np.array([[1.0, 0.0], [0.0, 10.0]]), np.array([[3.0], [40.0]])
        >>> model = Linear(2, 1, bias=False).astype(np.float64)
        >>> optimizer = DiagonalLM(model.parameters(), lr=1.0, mu=1e-9)
        >>> _ = optimizer.step(Objective(model, MSELoss(reduction="sum"), x, y))     # each weight in one step
        >>> model.weight.data.round(6).tolist()
        [[3.0, 4.0]]
    """

    def __init__(self, params: Params, lr: NonNegative = 0.01, mu: Positive = 0.02, decay: Share = 0.95,
                 refresh: Size = 10) -> None:
        super().__init__(params, lr, mu=mu, decay=decay, refresh=refresh)

    def check_group(self, group: Group) -> None:
        super().check_group(group)
        check_range(group["mu"], 0.0, math.inf, name="mu", owner="DiagonalLM", open_low=True)

    def minimum(self, landscape: Landscape, w: Array, loss: float, grad: Array) -> Array:
        memory, group = self.memory, self.param_groups[0]
        step = memory["step"] = memory.get("step", 0) + 1
        if step % group["refresh"] == 1 % group["refresh"]:
            squares = landscape.random_gradient(w) ** 2
            memory["curvature"] = squares if step == 1 else (
                group["decay"] * memory["curvature"] + (1 - group["decay"]) * squares)
        return np.asarray(w - grad / (group["mu"] + memory["curvature"]))
