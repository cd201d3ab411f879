"""Weights that let rare classes count as much as frequent ones."""

import numpy as np

from ..layers.core import Array, Buffer, DtypeError, ValueRangeError, check_size
from ..losses import BCEWithLogitsLoss, ClassLoss, Loss

__all__ = ["balance_", "class_weights"]


def class_weights(y: Array, classes: int | None = None, ignore_index: int = -100) -> Array:
    """Return a weight for every class such that all classes count the same in a mean over ``y``.

    Formula: weight[c] = items / (classes that occur * items of class c); 1 for a class that does not occur

    Shapes:
        y:      any, integers; ``ignore_index`` where not judged
        weight: (classes,)

    Source: King & Zeng 2001; sklearn.utils.class_weight.compute_class_weight with "balanced".

    Example:
        >>> class_weights(np.array([0, 0, 0, 1]), classes=3).tolist()
        [0.6666666666666666, 2.0, 1.0]
    """
    if y.dtype.kind not in "iub":
        raise DtypeError(f"class_weights expected y as integers, the class of each item, got {y.dtype}")
    items = y[y != ignore_index].ravel().astype(np.intp)
    if not len(items) or items.min() < 0:
        raise ValueRangeError(f"class_weights expected classes from 0 on in y, got "
                              f"{items.min() if len(items) else 'none'}")
    counts = np.bincount(items, minlength=0 if classes is None else check_size(classes, "classes", "class_weights"))
    if classes is not None and len(counts) > classes:
        raise ValueRangeError(f"class_weights expected classes from 0 to {classes - 1} in y, got {items.max()}")
    occurs = counts > 0
    weights: Array = np.divide(len(items), np.count_nonzero(occurs) * counts, out=np.ones(len(counts)), where=occurs)
    return weights


def balance_(loss: Loss, y: Array, classes: int) -> None:
    """Give a loss weights by which the classes of ``y``, or zeros and ones, count the same.

    ``classes`` is how many scores the network gives. Of zeros and ones, each one counts ``zeros / ones``.

    Raises: DtypeError for a loss without weights of classes, ValueRangeError for one that has some.

    Example:
        >>> loss = CrossEntropyLoss()
        >>> balance_(loss, np.array([0, 0, 0, 1]), classes=2)
        >>> [round(weight, 2) for weight in loss.weight.data.tolist()]
        [0.67, 2.0]
    """
    if not isinstance(loss, (ClassLoss, BCEWithLogitsLoss)):
        raise DtypeError(f"class_weight expected a loss of classes, such as CrossEntropyLoss or BCEWithLogitsLoss, got "
                         f"{loss.title}")
    if (loss.weight if isinstance(loss, ClassLoss) else loss.pos_weight) is not None:
        raise ValueRangeError(f"class_weight expected a loss without weights of its own, got {loss.title}; leave out "
                              f"one of the two")
    if isinstance(loss, ClassLoss):
        ignored = -100 if loss.ignore_index is None else loss.ignore_index
        loss.weight = Buffer(class_weights(y, classes, ignored))
        return
    ones = y.mean(axis=0, dtype=np.float64)
    if not ((ones > 0) & (ones < 1)).all():
        raise ValueRangeError("class_weight expected zeros and ones for every output in y, got an output with only one "
                              "of them")
    loss.pos_weight = Buffer((1 - ones) / ones)
