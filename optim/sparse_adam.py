"""Adam for embeddings: rows that were not looked up stay as they are, and so do their moments."""

import math

import numpy as np

from ..layers.core import Array, Beta, NonNegative, StateError
from .groups import Group, Params
from .in_place import addcdiv, lerp
from .optimizer import Optimizer
from .stretch import Run, Stretch

__all__ = ["SparseAdam"]


class SparseAdam(Optimizer):
    """Adam on the touched rows of a parameter alone, those that ``Embedding(sparse=True)`` names in ``rows``.

    Formula: of the rows of w, grad and state that ``Parameter.rows`` names:
             exp_avg    = beta1 * exp_avg + (1 - beta1) * grad
             exp_avg_sq = beta2 * exp_avg_sq + (1 - beta2) * grad**2
             w -= lr * sqrt(1 - beta2**step) / (1 - beta1**step) * exp_avg / (sqrt(exp_avg_sq) + eps)
    step counts the steps of the whole parameter.

    Cost: two arrays of the size of the parameters; the work is that of the rows.

    Raises: StateError from ``step`` for a gradient whose rows are not named.

    Source: Kingma & Ba 2015, algorithm 1, with lazy moments; torch.optim.SparseAdam.

    Example:
        >>> w = Parameter(np.ones((3, 2)))
        >>> optimizer = SparseAdam([w], lr=0.5)
        >>> w.grad = np.array([[0.0, 0.0], [1e-3, -1e3], [0.0, 0.0]])
        >>> w.rows = np.array([1])
        >>> optimizer.step()
        >>> w.data.round(2).tolist()
        [[1.0, 1.0], [0.5, 1.5], [1.0, 1.0]]
    """

    elementwise = False

    def __init__(self, params: Params, lr: NonNegative = 1e-3, betas: tuple[Beta, Beta] = (0.9, 0.999),
                 eps: NonNegative = 1e-8, maximize: bool = False) -> None:
        super().__init__(params, lr=lr, betas=betas, eps=eps, maximize=maximize)

    def state_names(self, group: Group) -> tuple[str, ...]:
        return ("exp_avg", "exp_avg_sq")

    def update(self, w: Array, grad: Array, state: dict[str, Array], step: int, group: Group) -> None:
        (beta1, beta2), exp_avg, exp_avg_sq = group["betas"], state["exp_avg"], state["exp_avg_sq"]
        lerp(exp_avg, grad, 1 - beta1)
        lerp(exp_avg_sq, grad * grad, 1 - beta2)
        addcdiv(w, exp_avg, np.sqrt(exp_avg_sq) + group["eps"],
                -group["lr"] * math.sqrt(1 - beta2**step) / (1 - beta1**step))

    def _move(self, stretch: Stretch, run: Run, group: Group) -> None:
        (parameter,) = stretch.span.parameters
        rows = parameter.rows
        if rows is None:
            raise StateError("SparseAdam expected a gradient whose rows are named, got a dense one; make the layer "
                             "with sparse=True, or use Adam")
        w, grad, state = parameter.data[rows], parameter.grad[rows], {
            name: array[rows] for name, array in stretch.state.items()}
        self.update(w, -grad if group["maximize"] else grad, state, run.step, group)
        parameter.data[rows] = w
        for name, array in state.items():
            stretch.state[name][rows] = array
