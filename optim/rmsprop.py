"""Steps scaled by a running mean of the squared gradient."""

import numpy as np

from ..layers.core import Array, NonNegative, Share, check_range
from .groups import Group, Params
from .in_place import add, addcdiv, addcmul, lerp, scratch
from .optimizer import Optimizer

__all__ = ["RMSprop"]


class RMSprop(Optimizer):
    """Gradient divided element by element by its root mean square over the last steps.

    Formula: square_avg = alpha * square_avg + (1 - alpha) * grad**2
             grad_avg   = alpha * grad_avg + (1 - alpha) * grad             (only if centered)
             direction  = grad / (sqrt(square_avg - grad_avg**2) + eps)
             momentum_buffer = momentum * momentum_buffer + direction       (only with momentum; then the direction)
             w -= lr * direction
    weight_decay * w is added to grad beforehand.

    Cost: one to three arrays of the size of the parameters.

    Source: Tieleman & Hinton 2012, lecture 6.5; Graves 2013, section 4.2 (centered).

    Example:
        >>> w = Parameter(np.array([1.0, 2.0]))
        >>> optimizer = RMSprop([w], lr=0.05)
        >>> w.grad = np.array([1e-3, -1e3])
        >>> optimizer.step()        # of length lr / sqrt(1 - alpha), for the mean of squares began with zero
        >>> w.data.round(2).tolist()
        [0.5, 2.5]
    """

    def __init__(self, params: Params, lr: NonNegative = 1e-2, alpha: Share = 0.99, eps: NonNegative = 1e-8,
                 weight_decay: NonNegative = 0, momentum: NonNegative = 0, centered: bool = False, *,
                 maximize: bool = False) -> None:
        super().__init__(params, lr=lr, alpha=alpha, eps=eps, weight_decay=weight_decay, momentum=momentum,
                         centered=centered, maximize=maximize)

    def check_group(self, group: Group) -> None:
        super().check_group(group)
        check_range(group["alpha"], 0.0, 1.0, name="alpha", owner="RMSprop")

    def state_names(self, group: Group) -> tuple[str, ...]:
        return ("square_avg", *["grad_avg"] * bool(group["centered"]), *["momentum_buffer"] * bool(group["momentum"]))

    def update(self, w: Array, grad: Array, state: dict[str, Array], step: int, group: Group) -> None:
        alpha, square_avg = group["alpha"], state["square_avg"]
        square_avg *= alpha
        addcmul(square_avg, grad, grad, 1 - alpha)
        root = scratch(w, "root")
        if group["centered"]:
            grad_avg = state["grad_avg"]
            lerp(grad_avg, grad, 1 - alpha)
            np.subtract(square_avg, np.multiply(grad_avg, grad_avg, out=root), out=root)
            np.sqrt(np.maximum(root, 0, out=root), out=root)    # a variance, never negative but for rounding
        else:
            np.sqrt(square_avg, out=root)
        root += group["eps"]
        if group["momentum"]:
            momentum_buffer = state["momentum_buffer"]
            momentum_buffer *= group["momentum"]
            addcdiv(momentum_buffer, grad, root, 1.0)
            add(w, momentum_buffer, -group["lr"])
        else:
            addcdiv(w, grad, root, -group["lr"])
