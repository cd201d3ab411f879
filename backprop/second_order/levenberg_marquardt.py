"""Levenberg–Marquardt: damped Gauss–Newton steps for sums of squares in few parameters."""

from typing import Any

import numpy as np

from ...layers.core import Array, NonNegative, Positive, Size, ValueRangeError
from ...losses import MSELoss
from ...optim.groups import Params
from .landscape import Landscape
from .method import LEAST_DAMPING, SecondOrder

__all__ = ["LevenbergMarquardt"]

_MOST = 10**8       # numbers of a Jacobian


class LevenbergMarquardt(SecondOrder):
    """Steps that minimise the squares of the linearised errors, kept short by a damping that learns from each.

    Formula: p = argmin of ((J @ p + r)**2).sum() + damping * (p**2).sum(), where loss = (r**2).sum()
             ratio = (loss(w + p) - loss(w)) / (predicted change)
             ratio > 0: w += lr * p, damping *= max(1/3, 1 - (2 * ratio - 1)**3)
             else once more with damping *= 2, 4, 8 … up to ``max_tries`` times

    J, of all errors by all parameters, is formed column by column (``jvp``) or row by row (``backward``), whichever are
    fewer; its singular values solve the problem for every damping without squaring its condition.

    Cost: one pass for each parameter, or error if these are fewer, and a singular value decomposition.

    Raises: ValueRangeError for a loss other than MSELoss, with penalties, or for a Jacobian of over 10**8 numbers.

    Source: Levenberg 1944; Madsen, Nielsen & Tingleff 2004, "Methods for non-linear least squares problems",
        algorithm 3.16.

    Example:
        >>> from chainrule.backprop import LevenbergMarquardt
        >>> from chainrule.training import Objective
        >>> x = np.linspace(-1, 1, 40)[:, None]
        >>> model = Sequential(Linear(1, 6), Tanh(), Linear(6, 1)).astype(np.float64)
        >>> optimizer, objective = LevenbergMarquardt(model.parameters()), Objective(model, MSELoss(), x, np.cos(3 * x))
        >>> losses = [optimizer.step(objective) for _ in range(30)]
        >>> losses[-1] < 1e-3 * losses[0]
        True
    """

    def __init__(self, params: Params, lr: NonNegative = 1.0, damping: Positive = 1e-2, max_tries: Size = 20) -> None:
        super().__init__(params, lr, damping=damping, max_tries=max_tries)

    def minimum(self, landscape: Landscape, w: Array, loss: float, grad: Array) -> Array:
        objective = landscape.objective
        damping: Any = self.memory.get("damping", self.param_groups[0]["damping"])
        if type(objective.loss) is not MSELoss or objective.penalties:
            raise ValueRangeError(f"LevenbergMarquardt expected MSELoss and no penalties, a sum of squares, got "
                                  f"{objective.loss.title}{' and penalties' * bool(objective.penalties)}; HessianFree "
                                  f"takes others")
        errors, jacobian = landscape.linearized_errors(w)
        left, values, right = np.linalg.svd(_formed(jacobian), full_matrices=False)
        along, growth = left.T @ errors, 2.0
        for _ in range(self.param_groups[0]["max_tries"]):
            p = -right.T @ (values / (values**2 + damping) * along)
            predicted = float(((1 - values**2 / (values**2 + damping))**2 * along**2 - along**2).sum())
            ratio = (landscape.value(w + p) - loss) / predicted if predicted < 0 else 0.0
            if ratio > 0:
                self.memory["damping"] = max(damping * max(1 / 3, 1 - (2 * ratio - 1)**3), LEAST_DAMPING)
                return np.asarray(w + p)
            damping, growth = damping * growth, 2 * growth
        self.memory["damping"] = damping
        return w


def _formed(jacobian: Any) -> Array:
    errors, parameters = jacobian.shape
    if errors * parameters > _MOST:
        raise ValueRangeError(f"LevenbergMarquardt expected a Jacobian of at most {_MOST} numbers, got {errors} errors "
                              f"by {parameters} parameters; HessianFree never forms it")
    found: Array = jacobian @ np.eye(parameters, dtype=jacobian.dtype) if parameters <= errors else \
        (jacobian.T @ np.eye(errors, dtype=jacobian.dtype)).T
    return found
