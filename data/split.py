"""Hold samples out: the same random rows of several arrays, in the same proportion for every class if wanted."""

import math

import numpy as np

from ..layers.core import Array, ShapeError, ValueRangeError, default_rng
from .checks import check_samples

__all__ = ["train_test_split"]


def train_test_split(*arrays: Array, test_size: float = 0.25, rng: np.random.Generator | None = None,
                     stratify: Array | None = None) -> tuple[Array, ...]:
    """Split arrays at random into a part to train on and a part held out: ``a_train, a_test, b_train, b_test, …``.

    ``test_size`` is the fraction held out, rounded up, or (an integer) how many samples.
    ``stratify`` gives every sample's class: each class is then held out in proportion, by largest remainders.

    Shapes:
        arrays: (N, ...) each, dense or sparse rows; copies come back, in shuffled order

    Raises: ValueRangeError if a part would be empty, or if ``stratify`` has more classes than a part has samples.

    Source: arguments and order of results as in sklearn.model_selection.train_test_split.

    Example:
        >>> x_train, x_test, y_train, y_test = train_test_split(np.ones((10, 3)), np.arange(10), test_size=0.3)
        >>> x_train.shape, y_test.shape
        ((7, 3), (3,))
    """
    n_samples = check_samples("train_test_split", sparse=True,
                              **{f"array {i}": array for i, array in enumerate(arrays, start=1)})
    if stratify is None:
        stratify = np.zeros(n_samples)          # one class, so any sample may go anywhere
    _check_classes(stratify, n_samples)
    classes = np.unique(stratify, return_inverse=True)[1]
    order = default_rng(rng).permutation(n_samples)
    is_test = np.zeros(n_samples, bool)
    for label, count in enumerate(_share(np.bincount(classes), _test_count(test_size, n_samples))):
        is_test[np.flatnonzero(classes[order] == label)[:count]] = True
    return tuple(array[rows] for array in arrays for rows in (order[~is_test], order[is_test]))


def _test_count(test_size: float, n_samples: int) -> int:
    is_count = isinstance(test_size, int | np.integer)
    count = test_size if is_count else math.ceil(test_size * n_samples) if 0 < test_size < 1 else 0
    if not 0 < count < n_samples:
        raise ValueRangeError(f"train_test_split expected test_size to leave samples in both parts, as a fraction "
                              f"between 0 and 1 or as a whole number, got {test_size} of {n_samples} samples")
    return int(count)


def _check_classes(stratify: Array, n_samples: int) -> None:
    check_samples("train_test_split", stratify=stratify)
    if stratify.shape != (n_samples,):
        raise ShapeError(f"train_test_split expected stratify of shape ({n_samples},), the class of each sample, "
                         f"got {stratify.shape}")


def _share(sizes: Array, n_test: int) -> Array:
    """Divide ``n_test`` among classes in proportion to their ``sizes``, what is left to the largest remainders."""
    n_train = sizes.sum() - n_test
    if len(sizes) > 1 and (sizes.min() < 2 or len(sizes) > min(n_train, n_test)):
        raise ValueRangeError(f"train_test_split expected at least two samples of each class in stratify, and parts no "
                              f"smaller than the number of classes, got {len(sizes)} classes, the smallest of size "
                              f"{sizes.min()}, and parts of {n_train} and {n_test}")
    quota = n_test * sizes / sizes.sum()
    share: Array = quota.astype(np.intp)
    share[np.argsort(share - quota, kind="stable")[:n_test - share.sum()]] += 1
    return share
