"""Gradients of values while they add up: terms, and whose memory a sum may be written into."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from ...layers.core import Array
from .ordered_sum import OrderedSum

__all__ = ["Gradient", "added", "alone", "arrays_in", "first_array", "grad_of"]


class Gradient(NamedTuple):
    """A term of the gradient of one array, and whether nobody else holds its memory."""

    array: Array | None
    owned: bool


def added(total: list[Gradient], term: list[Gradient]) -> list[Gradient]:
    """Return the sum of two terms, array by array."""
    return [_add(left, right) for left, right in zip(total, term, strict=True)]


def _add(left: Gradient, right: Gradient) -> Gradient:
    """Add two gradients, into the memory of one of them if nobody else holds it."""
    if left.array is None or right.array is None:
        return left if right.array is None else right
    same = left.array.shape == right.array.shape and left.array.dtype == right.array.dtype
    into = left.array if left.owned else right.array if right.owned else None
    if same and into is not None:
        return Gradient(np.add(left.array, right.array, out=into), True)
    return Gradient(left.array + right.array, True)


def grad_of(total: OrderedSum[list[Gradient]]) -> Any:
    """Return the gradient of a node's value as its backward takes it; None if no part of it has any."""
    arrays = [term.array for term in total.total or []]
    if all(array is None for array in arrays):
        return None
    return arrays[0] if len(arrays) == 1 else tuple(arrays)


def first_array(total: OrderedSum[list[Gradient]]) -> Any:
    """Return the gradient of an input, None if it has none."""
    return total.total[0].array if total.total else None


def arrays_in(cache: Any) -> Iterator[Array]:
    """Yield the arrays in nested tuples."""
    if isinstance(cache, np.ndarray):
        yield cache
    elif isinstance(cache, (tuple, list)):
        for each in cache:
            yield from arrays_in(each)


def alone(grads: tuple[Any, ...], index: int, others: list[Any]) -> bool:
    """Return whether the memory of a gradient is its own alone, and may be written to."""
    grad = grads[index]
    if not isinstance(grad, np.ndarray) or not grad.flags.writeable:
        return False
    siblings = [other for place, other in enumerate(grads) if place != index]
    return not any(np.may_share_memory(grad, other) for other in (*siblings, *others)
                   if isinstance(other, np.ndarray))
