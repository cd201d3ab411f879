"""Steps that follow only the sign of the gradient."""

import numpy as np

from ..layers.core import Array, NonNegative, ValueRangeError, check_range
from .groups import Group, Params
from .optimizer import Optimizer

__all__ = ["Rprop"]


class Rprop(Optimizer):
    """Resilient backpropagation: every element has a step size of its own, for the whole data set at once.

    It grows by ``etas[1]`` while the sign of the gradient stays, and shrinks by ``etas[0]`` when it turns; then the
    element waits for one step. Sizes stay within ``step_sizes`` and are ``lr`` at first.

    Formula: step_size = clip(step_size * (etas[1], 1, etas[0] where grad * prev is > 0, 0, < 0), *step_sizes)
             prev = grad, but 0 where grad * prev < 0
             w -= step_size * sign(prev)

    Cost: two arrays of the size of the parameters.

    Source: Riedmiller & Braun 1993, without the way back when the sign turns, as in torch.optim.Rprop.

    Example:
        >>> w = Parameter(np.array([1.0, 2.0]), dtype=np.float64)
        >>> optimizer = Rprop([w], lr=0.5)
        >>> for sign in (1, -1):                    # the second element keeps its sign
        ...     w.grad = np.array([sign * 1e3, -1e-3])
        ...     optimizer.step()
        >>> w.data.round(2).tolist()
        [0.5, 3.1]
    """

    def __init__(self, params: Params, lr: NonNegative = 1e-2, etas: tuple[float, float] = (0.5, 1.2),
                 step_sizes: tuple[float, float] = (1e-6, 50), *, maximize: bool = False) -> None:
        super().__init__(params, lr=lr, etas=etas, step_sizes=step_sizes, maximize=maximize)

    def check_group(self, group: Group) -> None:
        super().check_group(group)
        down, up = group["etas"]
        if not 0 < down < 1 < up:
            raise ValueRangeError(f"Rprop expected etas with 0 < etas[0] < 1 < etas[1], got {group['etas']!r}")
        low, high = group["step_sizes"]
        check_range(low, 0.0, high, name="step_sizes[0]", owner="Rprop")

    def state_names(self, group: Group) -> tuple[str, ...]:
        return ("prev", "step_size")

    def update(self, w: Array, grad: Array, state: dict[str, Array], step: int, group: Group) -> None:
        prev, step_size, (down, up) = state["prev"], state["step_size"], group["etas"]
        if step == 1:
            step_size[...] = group["lr"]
        agreement = grad * prev
        turned = agreement < 0
        np.multiply(step_size, up, out=step_size, where=agreement > 0)
        np.multiply(step_size, down, out=step_size, where=turned)
        np.clip(step_size, *group["step_sizes"], out=step_size)
        np.copyto(prev, grad)
        prev[turned] = 0
        w -= step_size * np.sign(prev)
