"""Arithmetic in place in one pass each, without scratch memory."""

from collections.abc import Callable
from typing import Any

from ...layers.core import Array
from ...layers.kernels import shares
from ...layers.kernels.fast.jit import shared
from .. import in_place

__all__ = ["add", "addcdiv", "addcmul", "lerp"]


def add(out: Array, x: Array, alpha: float) -> None:
    """See the definition."""
    _run(_add, in_place.add.definition, (out, x), alpha)


def addcmul(out: Array, a: Array, b: Array, value: float) -> None:
    """See the definition."""
    _run(_addcmul, in_place.addcmul.definition, (out, a, b), value)


def addcdiv(out: Array, a: Array, b: Array, value: float) -> None:
    """See the definition."""
    _run(_addcdiv, in_place.addcdiv.definition, (out, a, b), value)


def lerp(average: Array, x: Array, weight: float) -> None:
    """See the definition."""
    _run(_lerp if weight < 0.5 else _lerp_back, in_place.lerp.definition, (average, x), weight)


def _run(rule: Callable[..., Any], definition: Callable[..., Any], arrays: tuple[Array, ...], number: float) -> None:
    """Run the compiled rule on flat views of the arrays, or the definition where there are none."""
    first = arrays[0]
    if all(array.flags.c_contiguous and array.shape == first.shape and array.dtype == first.dtype for array in arrays):
        rule(shares(first.size, first.size), *[array.reshape(-1) for array in arrays], first.dtype.type(number))
    else:
        definition(*arrays, number)


@shared
def _add(part: int, start: int, stop: int, out: Array, x: Array, alpha: float) -> None:
    out, x = out[start:stop], x[start:stop]
    for i in range(out.size):
        out[i] += x[i] * alpha


@shared
def _addcmul(part: int, start: int, stop: int, out: Array, a: Array, b: Array, value: float) -> None:
    out, a, b = out[start:stop], a[start:stop], b[start:stop]
    for i in range(out.size):
        out[i] += a[i] * b[i] * value


@shared
def _addcdiv(part: int, start: int, stop: int, out: Array, a: Array, b: Array, value: float) -> None:
    out, a, b = out[start:stop], a[start:stop], b[start:stop]
    for i in range(out.size):
        out[i] += a[i] / b[i] * value


@shared
def _lerp(part: int, start: int, stop: int, average: Array, x: Array, weight: float) -> None:
    average, x = average[start:stop], x[start:stop]
    for i in range(average.size):
        average[i] += (x[i] - average[i]) * weight


@shared
def _lerp_back(part: int, start: int, stop: int, average: Array, x: Array, weight: float) -> None:
    average, x = average[start:stop], x[start:stop]
    rest = average.dtype.type(1) - weight
    for i in range(average.size):
        average[i] = x[i] - (x[i] - average[i]) * rest
