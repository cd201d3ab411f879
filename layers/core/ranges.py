"""Ranges of constructor arguments: written in their annotations for whoever reads them, and refused when broken."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, TypeVar

from .errors import UnknownNameError, ValueRangeError

__all__ = ["Beta", "Count", "Epsilon", "NonNegative", "OneOf", "Positive", "Share", "Size", "Within",
           "check_choice", "check_range", "check_size"]

Number = TypeVar("Number", int, float)


@dataclass(frozen=True)
class Within:
    """The interval that a number lies in, for annotations: ``lr: Annotated[float, Within(0, 1, open_high=True)]``.

    Example:
        >>> from chainrule.layers.core import Within
        >>> str(Within(1)), str(Within(0, open_low=True)), str(Within(0, 1, open_high=True))
        ('of at least 1', 'above 0', 'in [0, 1)')
    """

    low: float = -math.inf
    high: float = math.inf
    open_low: bool = False
    open_high: bool = False

    def __str__(self) -> str:
        if self.high == math.inf and self.low > -math.inf:
            return f"{'above' if self.open_low else 'of at least'} {self.low:g}{' and finite' * self.open_high}"
        return f"in {'(' if self.open_low else '['}{self.low:g}, {self.high:g}{')' if self.open_high else ']'}"


class OneOf:
    """The words that a text is one of, for annotations: ``mode: Annotated[str, OneOf("sum", "mean")]``."""

    def __init__(self, *words: str) -> None:
        self.words = words



Size = Annotated[int, Within(1)]
Count = Annotated[int, Within(0)]
NonNegative = Annotated[float, Within(0)]
Epsilon = Annotated[float, Within(0, open_high=True)]
Positive = Annotated[float, Within(0, open_low=True)]
Share = Annotated[float, Within(0, 1)]
Beta = Annotated[float, Within(0, 1, open_high=True)]


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
