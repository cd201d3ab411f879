"""How twins are compiled: once, for the dtypes they are called with, and kept on disk where that can be written."""

from collections.abc import Callable
from types import FunctionType
from typing import Any, TypeVar

import numba

from ..threads import take_over
from .packing import pack, unpack

__all__ = ["inlined", "jit", "jit_without_nan", "shared"]

F = TypeVar("F", bound=Callable[..., Any])

def _function(part: int, start: int, stop: int, *args: Any) -> None:
    """Stand for what _in_parts calls, another function in each copy of it."""



# Sums may be added up in lanes and products fused with sums; NaN, infinity and division keep their meaning.
_OPTIONS: dict[str, Any] = {"nogil": True, "error_model": "numpy", "fastmath": {"reassoc", "contract", "nsz"}}


def jit(function: F) -> F:
    """Compile a function for arrays and numbers; it then runs without holding Python's lock.

    A number written in it is a double or a long, and makes all arithmetic with it double: hand such numbers over in
    the dtype of the arrays, ``x.dtype.type(2)``. A loop that adds up writes to no array: whether it runs in lanes would
    be decided by how near to each other its arrays lie, and with it the order of the sum, and its last bit.
    """
    return _made(function, _OPTIONS)


def jit_without_nan(function: F) -> F:
    """Compile a function as ``jit`` does, but one for which NaN may count as any number: so a largest is found."""
    return _made(function, {**_OPTIONS, "fastmath": {*_OPTIONS["fastmath"], "nnan"}})


def shared(function: Callable[..., None]) -> Callable[..., None]:
    """Compile ``function(part, start, stop, *args)`` to be called as ``shared_one(shares(count, …), *args)``.

    Every thread does one part of ``range(count)``: the one of number ``part``, from ``start`` to ``stop``. Calling it
    takes two microseconds, since threads that have nothing to do look out for the next call for a while.
    """
    own = function.__code__
    # one function of its own for each, under whose name and place machine code is kept
    names = {**globals(), "__name__": function.__module__, "_function": jit(function)}
    code = _in_parts.__code__.replace(co_filename=own.co_filename, co_firstlineno=own.co_firstlineno,
                                      co_name=own.co_name)
    made = FunctionType(code, names, function.__name__)
    made.__module__, made.__qualname__ = function.__module__, f"shared.{function.__qualname__}"
    return _made(made, {**_OPTIONS, "parallel": True})


def _in_parts(edges: Any, *args: Any) -> None:
    if edges.size == 2:
        _function(0, edges[0], edges[1], *args)
    else:
        packed = pack(args)
        for part in numba.prange(edges.size - 1):
            _function(part, edges[part], edges[part + 1], *unpack(packed))


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


_most: int = vars(numba.config)["NUMBA_NUM_THREADS"]
take_over(lambda threads: numba.set_num_threads(min(threads, _most)))
