"""Steps scaled by all gradients so far."""

import numpy as np

from ..layers.core import Array, NonNegative, check_range
from .groups import Group, Params
from .in_place import addcdiv, addcmul, scratch
from .optimizer import Optimizer

__all__ = ["Adagrad"]


class Adagrad(Optimizer):
    """Gradient divided element by element by the root of the sum of its squares: rare features take larger steps.

    Formula: sum += grad**2                                         (sum is initial_accumulator_value at first)
             w -= lr / (1 + (step - 1) * lr_decay) * grad / (sqrt(sum) + eps)
    weight_decay * w is added to grad beforehand.

    Cost: one array of the size of the parameters.

    Source: Duchi, Hazan & Singer 2011, figure 1; torch.optim.Adagrad.

    Example:
        >>> w = Parameter(np.array([1.0, 2.0]), dtype=np.float64)
        >>> optimizer = Adagrad([w], lr=0.5)
        >>> for _ in range(2):              # steps of lr, then lr / sqrt(2), and so on
        ...     w.grad = np.array([1e-3, -1e3])
        ...     optimizer.step()
        >>> w.data.round(3).tolist()
        [0.146, 2.854]
    """

    def __init__(self, params: Params, lr: NonNegative = 1e-2, lr_decay: NonNegative = 0, weight_decay: NonNegative = 0,
                 initial_accumulator_value: NonNegative = 0, eps: NonNegative = 1e-10, *,
                 maximize: bool = False) -> None:
        super().__init__(params, lr=lr, lr_decay=lr_decay, weight_decay=weight_decay,
                         initial_accumulator_value=initial_accumulator_value, eps=eps, maximize=maximize)

    def check_group(self, group: Group) -> None:
        super().check_group(group)
        for name in ("lr_decay", "initial_accumulator_value"):
            check_range(group[name], 0.0, float("inf"), name=name, owner="Adagrad")

    def state_names(self, group: Group) -> tuple[str, ...]:
        return ("sum",)

    def update(self, w: Array, grad: Array, state: dict[str, Array], step: int, group: Group) -> None:
        squares = state["sum"]
        if step == 1:
            squares[...] = group["initial_accumulator_value"]
        addcmul(squares, grad, grad, 1.0)
        root = np.sqrt(squares, out=scratch(w, "root"))
        root += group["eps"]
        addcdiv(w, grad, root, -group["lr"] / (1 + (step - 1) * group["lr_decay"]))
