"""Several right classes for one item."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from ..layers.core import Array, DtypeError, ShapeError, ValueRangeError, as_dtype, check_shape, show_shape
from ..layers.kernels import sigmoid
from .loss import Loss, Reduction
from .weight import weight_buffer

__all__ = ["MultiLabelMarginLoss", "MultiLabelSoftMarginLoss"]


class MultiLabelCache(NamedTuple):
    """The slope of every term with respect to the prediction, and what the curvature needs."""

    slope: Array
    bend: Array


class MultiLabelMarginLoss(Loss):
    """Multi-label hinge: every right class should score higher than every wrong one by 1.

    Formula: loss = sum over right j and wrong i of max(0, 1 - (prediction[j] - prediction[i])) / C for each item

    Shapes:
        prediction: (C,) or (N, C), scores
        target:     that of prediction, integers: the right classes, then -1, after which nothing counts

    Gradients:
        grad_prediction = scale / C * (1 for every pair in which a class is the wrong one and comes too near,
                          -1 for every such pair in which it is the right one)

    Cost: one comparison for each pair of a right and a wrong class; keeps the slopes.

    Source: torch.nn.MultiLabelMarginLoss; Elisseeff & Weston 2001.

    Example:
        >>> MultiLabelMarginLoss().forward(np.array([0.5, 0.25, 1.0, 0.0]), np.array([2, 0, -1, 3]))
        0.375
    """

    locally_linear = True

    def terms(self, prediction: Array, target: Any) -> tuple[Array, MultiLabelCache]:
        check_shape(prediction, ("N", "C") if np.ndim(prediction) == 2 else ("C",), name="prediction", owner=self)
        target = np.asarray(target)
        if target.dtype.kind not in "iu":
            raise DtypeError(f"{self.title} expected target as integers, got {target.dtype}")
        if target.shape != prediction.shape:
            raise ShapeError(f"{self.title} expected target of shape {show_shape(prediction.shape)}, "
                             f"got {show_shape(target.shape)}")
        classes = prediction.shape[-1]
        if target.size and (target.min() < -1 or target.max() >= classes):
            raise ValueRangeError(f"{self.title} expected classes from -1 to {classes - 1} in target, "
                                  f"got {target.min()} to {target.max()}")
        slope, terms = np.zeros_like(prediction), []
        rows = zip(np.atleast_2d(prediction), np.atleast_2d(target), np.atleast_2d(slope), strict=True)
        for scores, labels, row_slope in rows:
            right = labels[:np.argmax(labels < 0)] if (labels < 0).any() else labels
            wrong = np.setdiff1d(np.arange(classes), right)
            margin = 1 - (scores[right][:, None] - scores[wrong])
            near = margin > 0
            np.subtract.at(row_slope, right, near.sum(axis=1) / classes)
            row_slope[wrong] += near.sum(axis=0) / classes
            terms.append(margin[near].sum() / classes)
        return np.array(terms, prediction.dtype).reshape(prediction.shape[:-1]), MultiLabelCache(slope, slope)

    def terms_backward(self, own: MultiLabelCache, scale: float | Array) -> Array:
        return np.asarray(own.slope * (scale[..., None] if isinstance(scale, np.ndarray) else scale))

    def terms_hvp(self, own: MultiLabelCache, scale: float, prediction_dot: Array) -> Array:
        return np.zeros_like(own.slope)


class MultiLabelSoftMarginLoss(Loss):
    """Binary cross-entropy of every class, averaged over the classes of an item.

    Formula: loss = mean over classes of weight * (softplus(prediction) - target * prediction) for each item

    Shapes:
        prediction: (..., C), logits
        target:     that of prediction, in [0, 1]
        weight:     (C,)

    Gradients:
        grad_prediction = scale * weight * (sigmoid(prediction) - target) / C

    Cost: one exponential per element; keeps slope and curvature.

    Source: torch.nn.MultiLabelSoftMarginLoss.

    Example:
        >>> round(MultiLabelSoftMarginLoss().forward(np.zeros((2, 3)), np.ones((2, 3))), 6)
        0.693147
    """

    def __init__(self, weight: Sequence[float] | Array | None = None, reduction: Reduction = "mean") -> None:
        super().__init__(reduction)
        self.weight = weight_buffer(weight, "weight", "MultiLabelSoftMarginLoss")

    def terms(self, prediction: Array, target: Array) -> tuple[Array, MultiLabelCache]:
        check_shape(prediction, (..., "C"), name="prediction", owner=self)
        check_shape(target, prediction.shape, name="target", owner=self)
        classes, weight = prediction.shape[-1], 1.0 if self.weight is None else self.weight.data
        if self.weight is not None:
            check_shape(self.weight.data, (classes,), name="weight", owner=self)
            weight = as_dtype(self.weight.data, prediction.dtype)
        target, probability = as_dtype(target, prediction.dtype), sigmoid(prediction)
        terms = (weight * (np.logaddexp(0, prediction) - target * prediction)).mean(axis=-1)
        own = MultiLabelCache(np.asarray(weight * (probability - target) / classes),
                              np.asarray(weight * probability * (1 - probability) / classes))
        return np.asarray(terms), own

    def terms_backward(self, own: MultiLabelCache, scale: float | Array) -> Array:
        return np.asarray(own.slope * (scale[..., None] if isinstance(scale, np.ndarray) else scale))

    def terms_hvp(self, own: MultiLabelCache, scale: float, prediction_dot: Array) -> Array:
        check_shape(prediction_dot, own.bend.shape, name="prediction_dot", owner=self)
        return np.asarray(own.bend * prediction_dot * scale)
