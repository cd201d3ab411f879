"""Checks of constructor arguments: sizes, rates and choices, refused in the words of the constructor."""

from collections.abc import Iterable
from typing import TypeVar

from .errors import UnknownNameError, ValueRangeError

__all__ = ["check_choice", "check_range", "check_size"]

Number = TypeVar("Number", int, float)


def check_range(value: Number, low: float, high: float, *, name: str, owner: str, open_low: bool = False,
                open_high: bool = False) -> Number:
    """Return ``value`` if it lies between ``low`` and ``high`` (ends included unless open).

    Raises: ValueRangeError otherwise, also for NaN.
    """
    above = value > low if open_low else value >= low
    below = value < high if open_high else value <= high
    if not (above and below):
        interval = f"{'(' if open_low else '['}{low:g}, {high:g}{')' if open_high else ']'}"
        raise ValueRangeError(f"{owner} expected {name} in {interval}, got {value!r}")
    return value


def check_size(value: int, name: str, owner: str, least: int = 1) -> int:
    """Return ``value`` if it is a whole number of at least ``least``.

    Raises: ValueRangeError otherwise.
    """
    if isinstance(value, bool) or not hasattr(value, "__index__") or value < least:
        raise ValueRangeError(f"{owner} expected {name} as a whole number of at least {least}, got {value!r}")
    return value


def check_choice(value: str, known: Iterable[str], *, name: str, owner: str) -> str:
    """Return ``value`` if it is among the ``known`` words.

    Raises: UnknownNameError otherwise, with the nearest.
    """
    if value not in known:
        raise UnknownNameError.of(f"{name} of {owner}", value, known)
    return value
