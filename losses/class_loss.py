"""Losses of one score per class against the class wanted: shapes, weights and ignored items, once for the family."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from ..layers.core import (
    Array,
    DtypeError,
    Shape,
    ShapeError,
    ValueRangeError,
    as_dtype,
    check_shape,
    show_shape,
)
from .loss import Loss, Reduction
from .wanted import WantedClasses, WantedShares
from .weight import weight_buffer

__all__ = ["ClassCache", "ClassLoss", "find_classes"]


class ClassCache(NamedTuple):
    """What the rows left for backward, what they were held against, and the prediction they came from."""

    kept: Any
    wanted: WantedClasses | WantedShares
    shape: Shape
    dtype: np.dtype[Any]


class ClassLoss(Loss):
    """A loss of scores per class, with one term for every item; each class may have a weight.

    A subclass writes its formula on rows, one for each item: ``row_terms``, ``row_backward`` and ``row_hvp``.

    Shapes:
        prediction: (C,), (N, C) or (N, C, d1, ...)
        target:     (), (N,) or (N, d1, ...), integers in [0, C), or ``ignore_index`` where an item is left out
        weight:     (C,)

    Raises: ShapeError, DtypeError, ValueRangeError for targets that are no class.

    Source: the convention of torch.nn.NLLLoss.
    """

    def __init__(self, weight: Sequence[float] | Array | None = None, reduction: Reduction = "mean",
                 ignore_index: int | None = None) -> None:
        super().__init__(reduction)
        self.weight = weight_buffer(weight, "weight", type(self).__name__)
        self.ignore_index = ignore_index

    def row_terms(self, rows: Array, wanted: Any) -> tuple[Array, Any]:
        """Return one term for each row of scores, and what the derivatives need."""
        raise NotImplementedError(f"{type(self).__name__}.row_terms")

    def row_backward(self, kept: Any, wanted: Any, scale: float | Array) -> Array:
        """Return the gradient of ``(scale * terms).sum()``; ``scale`` is a number, or an array of one for each row."""
        raise NotImplementedError(f"{type(self).__name__}.row_backward")

    def row_hvp(self, kept: Any, wanted: Any, scale: float, rows_dot: Array) -> Array:
        """Return the Hessian of ``(scale * terms).sum()`` times ``rows_dot``."""
        raise NotImplementedError(f"{type(self).__name__}.row_hvp")

    def terms(self, prediction: Array, target: Any) -> tuple[Array, ClassCache]:
        check_shape(prediction, (...,), name="prediction", owner=self)
        if not prediction.ndim:
            raise ShapeError(f"{self.title} expected prediction of shape (C,), (N, C) or (N, C, ...), got ()")
        rows = to_rows(prediction)
        wanted = self.wanted(prediction.shape, rows, np.asarray(target))
        terms, kept = self.row_terms(rows, wanted)
        own = ClassCache(kept, wanted, prediction.shape, prediction.dtype)
        return terms.reshape(item_shape(prediction.shape)), own

    def terms_backward(self, own: ClassCache, scale: float | Array) -> Array:
        row_scale = scale.reshape(-1) if isinstance(scale, np.ndarray) else scale
        return from_rows(self.row_backward(own.kept, own.wanted, row_scale), own.shape)

    def terms_hvp(self, own: ClassCache, scale: float, prediction_dot: Array) -> Array:
        check_shape(prediction_dot, own.shape, name="prediction_dot", owner=self)
        rows_dot = to_rows(as_dtype(prediction_dot, own.dtype))
        return from_rows(self.row_hvp(own.kept, own.wanted, scale, rows_dot), own.shape)

    def divisor(self, terms: Array, own: ClassCache) -> float:
        return own.wanted.divisor

    def wanted(self, shape: Shape, rows: Array, target: Array) -> WantedClasses | WantedShares:
        """Return what the rows are held against."""
        return self.wanted_classes(shape, rows, target)

    def wanted_classes(self, shape: Shape, rows: Array, target: Array) -> WantedClasses:
        """Return the class of every row that is not to be ignored, after checking the target."""
        row, label = find_classes(self, shape, target, self.ignore_index)
        class_weight = self.class_weight(rows)
        if class_weight is None:
            return WantedClasses(row, label, np.ones(len(row), rows.dtype), len(row))
        weight = class_weight[label]
        return WantedClasses(row, label, weight, float(weight.sum()))

    def class_weight(self, rows: Array) -> Array | None:
        """Return the weight of every class in the dtype of the scores, None if all count the same."""
        if self.weight is None:
            return None
        check_shape(self.weight.data, rows.shape[1:], name="weight", owner=self)
        return as_dtype(self.weight.data, rows.dtype)


def find_classes(loss: Loss, shape: Shape, target: Array, ignore_index: int | None = None) -> tuple[Array, Array]:
    """Return which items of a target are not to be ignored and their classes, flat, after checking it."""
    if target.dtype.kind not in "iu":
        raise DtypeError(f"{loss.title} expected target as integers, the index of a class for each item, got "
                         f"{target.dtype}; convert it with target.astype(int)")
    if target.shape != item_shape(shape):
        raise ShapeError(f"{loss.title} expected target of shape {show_shape(item_shape(shape))} for a prediction "
                         f"of shape {show_shape(shape)}, got {show_shape(target.shape)}"
                         f"{'; pass the index of the class: target.argmax(axis=1)' * (target.shape == shape)}")
    label = target.reshape(-1).astype(np.int64)         # a copy: the caller may change his
    row, classes = np.arange(len(label)), shape[min(1, len(shape) - 1)]
    found = _are_classes(label, classes)
    if ignore_index is not None and (ignore_index >= 0 or not found):
        row = np.flatnonzero(label != ignore_index)
        label = label[row]
        found = _are_classes(label, classes)
    if not found:
        first = np.flatnonzero((label < 0) | (label >= classes))[0]
        place = show_shape(tuple(int(i) for i in np.unravel_index(row[first], target.shape)))
        raise ValueRangeError(f"{loss.title} expected classes from 0 to {classes - 1} in target, since the prediction "
                              f"has {classes} of them, got {label[first]} at {place}")
    return row, label


def _are_classes(label: Array, classes: int) -> bool:
    """Return whether labels are from 0 to ``classes - 1``: as numbers without sign, negative ones are the largest."""
    return not label.size or bool(label.view(np.uint64).max() < classes)


def item_shape(shape: Shape) -> Shape:
    """Return the shape of one number for each item: that of the scores without the axis of classes."""
    return shape[:-1] if len(shape) < 2 else (shape[0], *shape[2:])


def to_rows(x: Array) -> Array:
    """Return scores as one row for each item: (N, C, d1, ...) -> (N·d1·…, C)."""
    classes = x.shape[min(1, x.ndim - 1)]
    return (x if x.ndim <= 2 else np.moveaxis(x, 1, -1)).reshape(-1, classes)


def from_rows(rows: Array, shape: Shape) -> Array:
    """Return rows in the shape they came from: (N·d1·…, C) -> (N, C, d1, ...)."""
    if len(shape) <= 2:
        return rows.reshape(shape)
    return np.ascontiguousarray(np.moveaxis(rows.reshape(*item_shape(shape), shape[1]), -1, 1))
