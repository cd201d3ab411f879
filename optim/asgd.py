"""Averaged stochastic gradient descent."""

import numpy as np

from ..layers.core import Array, NonNegative, Shape
from .groups import Group, Params
from .in_place import add, lerp
from .optimizer import Optimizer

__all__ = ["ASGD"]


class ASGD(Optimizer):
    """Gradient descent with steps that grow smaller, and beside it the mean of the parameters from step ``t0`` on.

    Formula: w *= 1 - lambd * eta
             w -= eta * grad
             ax += mu * (w - ax)
             eta = lr / (1 + lambd * lr * step)**alpha,  mu = 1 / max(1, step - t0)     (for the next step)
    weight_decay * w is added to grad beforehand. The mean ax is in ``state_dict()["state"]``.

    Cost: one array of the size of the parameters.

    Source: Polyak & Juditsky 1992; Bottou 2012 for eta; torch.optim.ASGD.

    Example:
        >>> w = Parameter(np.array([4.0]))
        >>> optimizer = ASGD([w], lr=0.5, t0=0)
        >>> for _ in range(2):
        ...     w.grad = np.array([2.0])
        ...     optimizer.step()
        >>> round(float(w.data[0]), 2), round(float(optimizer.state_dict()["state"][0]["ax"][0]), 2)
        (2.0, 2.0)
    """

    elementwise = False

    def __init__(self, params: Params, lr: NonNegative = 1e-2, lambd: float = 1e-4, alpha: float = 0.75,
                 t0: float = 1e6, weight_decay: NonNegative = 0, *, maximize: bool = False) -> None:
        super().__init__(params, lr=lr, lambd=lambd, alpha=alpha, t0=t0, weight_decay=weight_decay, maximize=maximize)

    def state_shapes(self, group: Group, shape: Shape) -> dict[str, Shape]:
        return {"eta": (), "mu": (), "ax": shape}

    def update(self, w: Array, grad: Array, state: dict[str, Array], step: int, group: Group) -> None:
        lr, lambd = group["lr"], group["lambd"]
        eta, mu = (lr, 1.0) if step == 1 else (float(state["eta"]), float(state["mu"]))
        w *= 1 - lambd * eta
        add(w, grad, -eta)
        if mu == 1:
            np.copyto(state["ax"], w)
        else:
            lerp(state["ax"], w, mu)
        state["eta"][...] = lr / (1 + lambd * lr * step) ** group["alpha"]
        state["mu"][...] = 1 / max(1, step - group["t0"])
