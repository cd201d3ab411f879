"""A cache without the values that a schedule frees: they are taken out, and put back when they are there again."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...layers.core import Array, Shape

__all__ = ["Hole", "filled", "hollow"]


@dataclass(frozen=True)
class Hole:
    """Where array ``index`` of the value of node ``source`` stood, in the given shape."""

    source: int
    index: int
    shape: Shape


def hollow(cache: Any, known: Mapping[int, tuple[Any, ...]]) -> Any:
    """Return a cache in which arrays that are the ``known`` values of nodes, or those in another shape, are holes.

    Example:
        >>> x = np.ones((2, 3))
        >>> hollow((x.reshape(6), 0.5), {7: (x,)})
        (Hole(source=7, index=0, shape=(6,)), 0.5)
    """
    if isinstance(cache, np.ndarray):
        for source, arrays in known.items():
            for index, array in enumerate(arrays):
                if isinstance(array, np.ndarray) and _same(cache, array):
                    return Hole(source, index, cache.shape)
        return cache
    return _rebuilt(cache, lambda each: hollow(each, known))


def filled(cache: Any, known: Mapping[int, tuple[Any, ...]]) -> Any:
    """Return a cache with its holes filled by the values that are known now.

    Example:
        >>> filled((Hole(7, 0, (6,)), 0.5), {7: (np.ones((2, 3)),)})[0].shape
        (6,)
    """
    if isinstance(cache, Hole):
        array: Array = known[cache.source][cache.index]
        return array if array.shape == cache.shape else array.reshape(cache.shape)
    return cache if isinstance(cache, np.ndarray) else _rebuilt(cache, lambda each: filled(each, known))


def _rebuilt(cache: Any, change: Any) -> Any:
    if not isinstance(cache, tuple):
        return cache
    parts = [change(each) for each in cache]
    if all(new is old for new, old in zip(parts, cache, strict=True)):
        return cache
    return type(cache)(*parts) if hasattr(cache, "_fields") else tuple(parts)


def _same(cached: Array, value: Array) -> bool:
    """Return whether an array is a value, perhaps in another shape, from which ``reshape`` makes it again."""
    if cached is value:
        return True
    return (cached.dtype == value.dtype and cached.nbytes == value.nbytes
            and cached.__array_interface__["data"][0] == value.__array_interface__["data"][0]
            and ((cached.strides == value.strides and cached.shape == value.shape)
                 or (cached.flags.c_contiguous and value.flags.c_contiguous)))
