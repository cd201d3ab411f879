"""Counting the bytes a cache holds, arrays by the identity of their memory."""

from typing import Any

import numpy as np

__all__ = ["cache_bytes"]


def cache_bytes(cache: Any, *, without: tuple[Any, ...] = ()) -> int:
    """Return the bytes of all distinct arrays in a cache, leaving out those that share memory with ``without``.

    Views count once with the array they look into: Linear's input *is* the output of the ReLU before it.
    """
    known = {id(_root(array)) for array in without if isinstance(array, np.ndarray)}
    held: dict[int, int] = {}
    _collect(cache, held)
    return sum(size for root, size in held.items() if root not in known)


def _collect(value: Any, held: dict[int, int]) -> None:
    if isinstance(value, np.ndarray):
        root = id(_root(value))
        held[root] = max(held.get(root, 0), value.nbytes)
    elif isinstance(value, (tuple, list)):
        for item in value:
            _collect(item, held)


def _root(array: Any) -> Any:
    while isinstance(array.base, np.ndarray):
        array = array.base
    return array
