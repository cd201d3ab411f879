"""Which of two scores should be the higher one: a hinge on their difference."""

from typing import Any

import numpy as np
import numpy.typing as npt

from ..layers.core import Array, DtypeError, Shape, ShapeError, ValueRangeError, as_dtype, show_shape
from .joint_loss import JointLoss
from .loss import Reduction

__all__ = ["MarginRankingLoss", "signs"]


class MarginRankingLoss(JointLoss):
    """How far two scores miss the order wanted, ``max(0, margin - target * (x1 - x2))``.

    Shapes:
        x1, x2: any, scores of the two; target: that of x1, 1 where x1 should be higher, -1 where x2 should

    Gradients:
        grad_x1 = -scale * target where target * (x1 - x2) <= margin, else 0
        grad_x2 = -grad_x1

    Cost: a few passes; keeps one array.

    Raises: ValueRangeError for targets other than 1 and -1.

    Source: Herbrich, Graepel & Obermayer 2000; torch.nn.MarginRankingLoss.

    Example:
        >>> MarginRankingLoss(0.5, "none").forward(np.array([2.0, 1.0]), np.zeros(2), np.array([1, -1])).tolist()
        [0.0, 1.5]
    """

    locally_linear = True

    def __init__(self, margin: float = 0.0, reduction: Reduction = "mean") -> None:
        super().__init__(reduction)
        self.margin = margin

    def ordered(self, x1: Any, x2: Any, target: Any) -> tuple[Any, Any]:
        return (x1, x2), target

    def terms(self, prediction: Any, target: Any) -> tuple[Array, Array]:
        x1, x2 = self.split(prediction, "x1", "x2")
        sign = signs(target, x1.shape, x1.dtype, self.title)
        missing = self.margin - sign * (x1 - x2)
        return np.asarray(np.maximum(missing, 0)), np.asarray(sign * (missing >= 0))    # at the kink as PyTorch does

    def terms_backward(self, pull: Array, scale: float | Array) -> tuple[Array, Array]:
        grad_x2 = np.asarray(pull * scale)
        return -grad_x2, grad_x2

    def terms_hvp(self, pull: Array, scale: float, prediction_dot: Any) -> tuple[Array, Array]:
        x1_dot, x2_dot = self.split(prediction_dot, "x1_dot", "x2_dot", shape=pull.shape)
        return np.zeros_like(x1_dot), np.zeros_like(x2_dot)


def signs(target: Any, shape: Shape, dtype: npt.DTypeLike, owner: str) -> Array:
    """Return a target of 1 and -1 in ``dtype``, after checking it.

    Raises: DtypeError for what is no numbers, ShapeError for another shape, ValueRangeError for other numbers.
    """
    sign = np.asarray(target)
    if sign.dtype.kind not in "fiu":
        raise DtypeError(f"{owner} expected target as numbers, 1 or -1, got {sign.dtype}")
    if sign.shape != shape:
        raise ShapeError(f"{owner} expected target of shape {show_shape(shape)}, got {show_shape(sign.shape)}")
    other = sign[np.abs(sign) != 1]
    if other.size:
        raise ValueRangeError(f"{owner} expected a target of 1 and -1, got {other[0]}; "
                              f"2 * target - 1 turns 0 and 1 into them")
    return as_dtype(sign, dtype)
