"""How twins are compiled: once, for the dtypes they are called with, and kept on disk where that can be written."""

from collections.abc import Callable
from typing import Any, TypeVar

import numba

__all__ = ["inlined", "jit", "jit_without_nan"]

F = TypeVar("F", bound=Callable[..., Any])

# Sums may be added up in lanes and products fused with sums; NaN, infinity and division keep their meaning.
_OPTIONS: dict[str, Any] = {"nogil": True, "error_model": "numpy", "fastmath": {"reassoc", "contract", "nsz"}}


def jit(function: F) -> F:
    """Compile a function for arrays and numbers; it then runs without holding Python's lock.

    A number written in it is a double or a long, and makes all arithmetic with it double: hand such numbers over in
    the dtype of the arrays, ``x.dtype.type(2)``.
    """
    return _made(function, _OPTIONS)


def jit_without_nan(function: F) -> F:
    """Compile a function as ``jit`` does, but one for which NaN may count as any number: so a largest is found."""
    return _made(function, {**_OPTIONS, "fastmath": {*_OPTIONS["fastmath"], "nnan"}})


def _made(function: F, options: dict[str, Any]) -> F:
    try:
        made: F = numba.njit(function, cache=True, **options)
    except RuntimeError:        # no folder to keep machine code in
        made = numba.njit(function, **options)
    return made


def inlined(function: F) -> F:
    """Compile a function into those that call it."""
    made: F = numba.njit(function, inline="always", **_OPTIONS)
    return made
