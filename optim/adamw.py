"""Adam with weight decay that does not pass through its moments."""

from ..layers.core import Beta, NonNegative
from .adam import Adam
from .groups import Params

__all__ = ["AdamW"]


class AdamW(Adam):
    """Adam with decoupled weight decay: parameters shrink by the same factor whatever their gradients are.

    Formula: w *= 1 - lr * weight_decay, then the step of Adam without weight decay

    Cost: that of Adam, and one pass.

    Source: Loshchilov & Hutter 2019, algorithm 2.

    Example:
        >>> w = Parameter(np.array([1.0, -2.0]))
        >>> optimizer = AdamW([w], lr=0.5, weight_decay=0.5)
        >>> w.grad = np.zeros(2)
        >>> optimizer.step()
        >>> w.data.tolist()
        [0.75, -1.5]
    """

    def __init__(self, params: Params, lr: NonNegative = 1e-3, betas: tuple[Beta, Beta] = (0.9, 0.999),
                 eps: NonNegative = 1e-8, weight_decay: NonNegative = 1e-2, amsgrad: bool = False, *,
                 maximize: bool = False) -> None:
        super().__init__(params, lr, betas, eps, weight_decay, amsgrad, maximize=maximize, decoupled_weight_decay=True)
