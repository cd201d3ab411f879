"""Steps in the units of the parameters, without a learning rate to choose."""

import numpy as np

from ..layers.core import Array, NonNegative, Share, check_range
from .groups import Group, Params
from .in_place import add, addcmul, scratch
from .optimizer import Optimizer

__all__ = ["Adadelta"]


class Adadelta(Optimizer):
    """Gradient times the ratio of two root mean squares: that of the last steps and that of the last gradients.

    Formula: square_avg = rho * square_avg + (1 - rho) * grad**2
             delta = sqrt(acc_delta + eps) / sqrt(square_avg + eps) * grad
             acc_delta = rho * acc_delta + (1 - rho) * delta**2
             w -= lr * delta
    weight_decay * w is added to grad beforehand.

    Cost: two arrays of the size of the parameters.

    Source: Zeiler 2012, algorithm 1.

    Example:
        >>> w = Parameter(np.array([1.0, 2.0]), dtype=np.float64)
        >>> optimizer = Adadelta([w], rho=0.0, eps=1.0)
        >>> w.grad = np.array([0.0, -1e3])      # sqrt(0 + eps) / sqrt(grad**2 + eps) * grad is nearly -1
        >>> optimizer.step()
        >>> w.data.round(3).tolist()
        [1.0, 3.0]
    """

    def __init__(self, params: Params, lr: NonNegative = 1.0, rho: Share = 0.9, eps: NonNegative = 1e-6,
                 weight_decay: NonNegative = 0, *, maximize: bool = False) -> None:
        super().__init__(params, lr=lr, rho=rho, eps=eps, weight_decay=weight_decay, maximize=maximize)

    def check_group(self, group: Group) -> None:
        super().check_group(group)
        check_range(group["rho"], 0.0, 1.0, name="rho", owner="Adadelta")

    def state_names(self, group: Group) -> tuple[str, ...]:
        return ("square_avg", "acc_delta")

    def update(self, w: Array, grad: Array, state: dict[str, Array], step: int, group: Group) -> None:
        rho, eps, square_avg, acc_delta = group["rho"], group["eps"], state["square_avg"], state["acc_delta"]
        square_avg *= rho
        addcmul(square_avg, grad, grad, 1 - rho)
        delta = np.add(acc_delta, eps, out=scratch(w, "delta"))
        delta /= np.add(square_avg, eps, out=scratch(w, "mean"))
        np.sqrt(delta, out=delta)
        delta *= grad
        acc_delta *= rho
        addcmul(acc_delta, delta, delta, 1 - rho)
        add(w, delta, -group["lr"])
