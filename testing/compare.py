"""Comparing arrays and saying in one sentence how they differ."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from ..layers.core import Array, show_shape

__all__ = ["close", "describe_difference", "each", "label", "mismatch"]

FLOOR = 0.01     # the tolerance is relative to the largest value, or to this where all are smaller


def close(expected: Array, received: Array, tolerance: float, noise: float | None = None) -> Array:
    """Return where two arrays agree, up to ``tolerance`` of the largest expected value, and up to ``noise``.

    NaN agrees with nothing.
    """
    if expected.dtype == bool:
        return np.asarray(received == expected)
    finite = np.abs(expected[np.isfinite(expected)])
    allowed = tolerance * float(finite.max(initial=0.0)) + (tolerance * FLOOR if noise is None else noise)
    with np.errstate(invalid="ignore"):
        return np.asarray((np.abs(received - expected) <= allowed) | (received == expected))


def mismatch(what: str, expected: Any, received: Any, tolerance: float = 1e-10) -> str | None:
    """Return a sentence on how ``received`` differs from ``expected``, or None if it does not."""
    if expected is None or received is None:
        return None if expected is received else f"{what}: expected {_kind(expected)}, received {_kind(received)}"
    expected, received = np.asarray(expected), np.asarray(received)
    if expected.shape != received.shape:
        return f"{what}: expected shape {show_shape(expected.shape)}, received shape {show_shape(received.shape)}"
    return describe_difference(what, expected, received, ~close(expected, received, tolerance))


def describe_difference(what: str, expected: Array, received: Array, wrong: Array) -> str | None:
    """Return the sentence for arrays of one shape that differ where ``wrong``; None if nowhere."""
    if not wrong.any():
        return None
    first = tuple(int(i) for i in np.argwhere(wrong)[0])
    largest = np.maximum(np.abs(expected), np.abs(received))[wrong]
    with np.errstate(invalid="ignore"):
        error = np.max(np.abs(expected - received)[wrong] / np.where(largest == 0, 1, largest))
    at = f", first at index [{', '.join(map(str, first))}]" if first else ""
    return (f"{what}: {int(wrong.sum())} of {wrong.size} values differ{at}: expected {float(expected[first]):.6g}, "
            f"received {float(received[first]):.6g} (largest relative error {error:.1e})")


def each(what: str, expected: Sequence[Any], received: Sequence[Any], when: str,
         tolerance: float = 1e-10) -> Iterator[str]:
    """Yield how the arrays of two sequences differ, pair by pair."""
    if len(expected) != len(received):
        yield f"{what} {when}: expected {len(expected)} arrays, received {len(received)}"
        return
    for index, pair in enumerate(zip(expected, received, strict=True)):
        problem = mismatch(f"{label(what, index, len(expected))} {when}", *pair, tolerance=tolerance)
        if problem:
            yield problem


def label(what: str, index: int, count: int) -> str:
    """Return the name of one of several arrays: ``grad_x`` if it is alone, else ``grad_x[1]``."""
    return what if count == 1 else f"{what}[{index}]"


def _kind(value: Any) -> str:
    return "None" if value is None else f"an array of shape {show_shape(np.shape(value))}"
