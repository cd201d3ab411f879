"""Whether two vectors point the same way: a loss of the cosine of the angle between them."""

from typing import Any, NamedTuple

import numpy as np

from ..layers.core import Array, as_dtype
from .joint_loss import JointLoss
from .loss import Reduction
from .margin_ranking import signs

__all__ = ["CosineEmbeddingLoss"]

EPSILON = float(np.float32(1e-12))      # added to squared lengths as in PyTorch, so that none is zero


class Directions(NamedTuple):
    """Both vectors at length 1, the lengths they had, their cosine, and the term's slope in it; all end in an axis."""

    unit1: Array
    unit2: Array
    length1: Array
    length2: Array
    cosine: Array
    slope: Array


class CosineEmbeddingLoss(JointLoss):
    """Vectors that should point the same way where the target is 1, and at an angle where it is -1.

    ``1 - cosine`` where ``target == 1``, ``max(0, cosine - margin)`` where ``target == -1``, where
    ``cosine = (x1 * x2).sum() / (length1 * length2)`` and ``length = sqrt((x * x).sum() + 1e-12)``.

    Shapes:
        x1, x2: (N, D) or (D,); target: (N,) or (), 1 or -1

    Gradients:
        grad_x1 = scale * slope * (x2 / length2 - cosine * x1 / length1) / length1, and with 1 and 2 exchanged;
                  slope is -1 where target is 1, 1 where it is -1 and cosine >= margin, else 0

    Cost: three multiply-adds per element; keeps both vectors at length 1.

    Source: torch.nn.CosineEmbeddingLoss; Hadsell, Chopra & LeCun 2006 (pairs, alike or not).

    Example:
        >>> loss = CosineEmbeddingLoss(reduction="none")
        >>> loss.forward(np.array([[2.0, 0.0], [1.0, 1.0]]), np.array([[0.0, 1.0], [3.0, 3.0]]), np.array([1, -1]))
        array([1., 1.])
    """

    def __init__(self, margin: float = 0.0, reduction: Reduction = "mean") -> None:
        super().__init__(reduction)
        self.margin = margin

    def ordered(self, x1: Any, x2: Any, target: Any) -> tuple[Any, Any]:
        return (x1, x2), target

    def terms(self, prediction: Any, target: Any) -> tuple[Array, Directions]:
        x1, x2 = self.split(prediction, "x1", "x2", shape=(..., "D"))
        sign = signs(target, x1.shape[:-1], x1.dtype, self.title)[..., None]
        length1, length2 = (np.sqrt((x * x).sum(axis=-1, keepdims=True) + EPSILON) for x in (x1, x2))
        unit1, unit2 = x1 / length1, x2 / length2
        cosine = (unit1 * unit2).sum(axis=-1, keepdims=True)
        terms = np.where(sign > 0, 1 - cosine, np.maximum(cosine - self.margin, 0))
        slope = as_dtype(np.where(sign > 0, -1, cosine >= self.margin), x1.dtype)       # at the kink as PyTorch does
        return terms[..., 0], Directions(unit1, unit2, length1, length2, cosine, slope)

    def terms_backward(self, own: Directions, scale: float | Array) -> tuple[Array, Array]:
        unit1, unit2, length1, length2, cosine, slope = own
        pull = slope * np.asarray(scale, cosine.dtype)[..., None]
        return pull * (unit2 - cosine * unit1) / length1, pull * (unit1 - cosine * unit2) / length2

    def terms_hvp(self, own: Directions, scale: float, prediction_dot: Any) -> tuple[Array, Array]:
        unit1, unit2, length1, length2, cosine, slope = own
        x1_dot, x2_dot = self.split(prediction_dot, "x1_dot", "x2_dot", shape=unit1.shape)
        length1_dot, length2_dot = _inner(unit1, x1_dot), _inner(unit2, x2_dot)
        unit1_dot, unit2_dot = (x1_dot - length1_dot * unit1) / length1, (x2_dot - length2_dot * unit2) / length2
        cosine_dot = _inner(unit1_dot, unit2) + _inner(unit1, unit2_dot)
        turn1 = unit2_dot - cosine_dot * unit1 - cosine * unit1_dot - (unit2 - cosine * unit1) * length1_dot / length1
        turn2 = unit1_dot - cosine_dot * unit2 - cosine * unit2_dot - (unit1 - cosine * unit2) * length2_dot / length2
        return scale * slope * turn1 / length1, scale * slope * turn2 / length2


def _inner(a: Array, b: Array) -> Array:
    return np.asarray((a * b).sum(axis=-1, keepdims=True))
