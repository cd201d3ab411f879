"""Nested values as arrays by name, the one thing that crosses between processes and lies in files."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from ..layers.core import Array

__all__ = ["Arrays", "packed", "unpacked"]

Arrays = dict[str, Array]


def packed(value: Any, name: str) -> Iterator[tuple[str, Array]]:
    """Yield the arrays of nested tuples and dicts under a name; None leaves nothing.

    Example:
        >>> from chainrule.course.packing import packed, unpacked
        >>> arrays = dict(packed((np.ones(2), (None, np.zeros(3))), "x"))
        >>> list(arrays)
        ['x()', 'x/0', 'x/1()', 'x/1/1']
        >>> unpacked(arrays, "x")
        (array([1., 1.]), (None, array([0., 0., 0.])))
    """
    if isinstance(value, dict):
        for key, item in value.items():
            yield from packed(item, f"{name}/{key}")
    elif isinstance(value, (tuple, list)):
        yield f"{name}()", np.array(len(value))
        for index, item in enumerate(value):
            yield from packed(item, f"{name}/{index}")
    elif value is not None:
        yield name, np.asarray(value)


def unpacked(arrays: Mapping[str, Array], name: str) -> Any:
    """Return what was packed under a name: an array, nested tuples of arrays, or None."""
    if f"{name}()" in arrays:
        return tuple(unpacked(arrays, f"{name}/{index}") for index in range(int(arrays[f"{name}()"])))
    return arrays.get(name)
