"""Adam's second moment in the memory of a row and a column."""

import math
from typing import Annotated

import numpy as np

from ..layers.core import Array, NonNegative, Shape, Within, check_range
from .groups import Group, Params
from .in_place import lerp
from .optimizer import Optimizer

__all__ = ["Adafactor"]


class Adafactor(Optimizer):
    """Gradient scaled by a mean of squares that, for matrices, is the outer product of its row and column means.

    Formula: beta = 1 - step**beta2_decay
             row_var = beta * row_var + (1 - beta) * mean(grad**2 over columns),  col_var likewise over rows
             variance = row_var @ col_var / max(mean(row_var), eps[0])      (vectors: the mean of squares itself)
             update = grad / sqrt(max(variance, eps[0]**2))
             w *= 1 - lr * weight_decay
             w -= max(eps[1], rms(w)) * min(lr, 1 / sqrt(step)) * update / max(1, rms(update) / d)
    rms(w) is that before the decay; eps[0] is None for the rounding unit; leading axes are matrices side by side.

    Cost: for a matrix one row and one column, not an array of its size.

    Source: Shazeer & Stern 2018, algorithms 4 to 6, without momentum; torch.optim.Adafactor.

    Example:
        >>> w = Parameter(np.array([[1.0, 2.0], [3.0, 4.0]]), dtype=np.float64)
        >>> optimizer = Adafactor([w], lr=0.5)
        >>> w.grad = np.array([[1e-3, -1e3], [1e-3, -1e3]])
        >>> optimizer.step()                        # of length 0.5 * rms(w)
        >>> w.data.round(2).tolist()
        [[-0.37, 3.37], [1.63, 5.37]]
    """

    elementwise = False
    own_decay = True

    def __init__(self, params: Params, lr: NonNegative = 1e-2, beta2_decay: Annotated[float, Within(high=0)] = -0.8,
                 eps: tuple[float | None, float] = (None, 1e-3), d: Annotated[float, Within(1)] = 1.0,
                 weight_decay: NonNegative = 0.0, *, maximize: bool = False) -> None:
        super().__init__(params, lr=lr, beta2_decay=beta2_decay, eps=eps, d=d, weight_decay=weight_decay,
                         maximize=maximize)

    def check_group(self, group: Group) -> None:
        super().check_group({name: value for name, value in group.items() if name != "eps"})
        for index, eps in enumerate(group["eps"]):
            check_range(0.0 if eps is None else eps, 0.0, math.inf, name=f"eps[{index}]", owner="Adafactor")
        check_range(group["beta2_decay"], -math.inf, 0.0, name="beta2_decay", owner="Adafactor")
        check_range(group["d"], 1.0, math.inf, name="d", owner="Adafactor")

    def state_shapes(self, group: Group, shape: Shape) -> dict[str, Shape]:
        return {"variance": shape} if len(shape) < 2 else {"row_var": (*shape[:-1], 1),
                                                           "col_var": (*shape[:-2], 1, shape[-1])}

    def update(self, w: Array, grad: Array, state: dict[str, Array], step: int, group: Group) -> None:
        weight, (eps1, eps2) = step ** group["beta2_decay"], group["eps"]
        eps1 = float(np.finfo(w.dtype).eps) if eps1 is None else eps1
        length = max(eps2, _rms(w)) * min(group["lr"], 1 / math.sqrt(step))
        w *= 1 - group["lr"] * group["weight_decay"]
        update = np.square(grad)
        if w.ndim > 1:
            row_var, col_var = state["row_var"], state["col_var"]
            lerp(row_var, update.mean(axis=-1, keepdims=True), weight)
            lerp(col_var, update.mean(axis=-2, keepdims=True), weight)
            np.multiply(row_var / np.maximum(row_var.mean(axis=-2, keepdims=True), eps1), col_var, out=update)
        else:
            lerp(state["variance"], update, weight)
            update = state["variance"].copy()
        np.sqrt(np.maximum(update, eps1 * eps1, out=update), out=update)
        np.divide(grad, update, out=update)
        update *= length / max(1.0, _rms(update) / group["d"])
        w -= update


def _rms(x: Array) -> float:
    return math.sqrt(float(np.vdot(x, x)) / x.size)
