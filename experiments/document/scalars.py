"""Unquoted scalars by the rules of YAML 1.2; where readers of YAML 1.1 count otherwise, refused."""

import math
import re
from collections.abc import Callable
from typing import TypeAlias

__all__ = ["MAX_DIGITS", "Value", "implicit", "scalar"]

MAX_DIGITS = 100

Value: TypeAlias = str | int | float | bool | None

# YAML 1.2.2, section 10.3.2: the first pattern that fits the whole of an unquoted scalar says what it is, none: text.
_CORE_SCHEMA: tuple[tuple[str, re.Pattern[str], Callable[[str], Value]], ...] = (
    ("null", re.compile(r"(null|Null|NULL|~|)\Z"), lambda text: None),
    ("bool", re.compile(r"(true|True|TRUE|false|False|FALSE)\Z"), lambda text: text.lower() == "true"),
    ("int", re.compile(r"[-+]?[0-9]+\Z"), int),
    ("int", re.compile(r"0o[0-7]+\Z"), lambda text: int(text, 8)),
    ("int", re.compile(r"0x[0-9a-fA-F]+\Z"), lambda text: int(text, 16)),
    ("float", re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\Z"), float),
    ("float", re.compile(r"([-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))\Z"), lambda text: float(text.replace(".", ""))),
)
_OCTAL_LOOK = re.compile(r"[-+]?0[0-9]+\Z")


def scalar(text: str) -> Value:
    """Return what unquoted ``text`` means.

    Raises: ValueError for numbers beyond all use, and for ``012``, which is 12 in YAML 1.2 and 10 in YAML 1.1.

    Example:
        >>> from chainrule.experiments.document.scalars import scalar
        >>> scalar("1e-3"), scalar("no"), scalar("12:30"), scalar("~")
        (0.001, 'no', '12:30', None)
    """
    convert = next((convert for _, pattern, convert in _CORE_SCHEMA if pattern.match(text)), None)
    if convert is None:
        return text
    if len(text) > MAX_DIGITS or len(str(value := convert(text))) > MAX_DIGITS:
        raise ValueError(f"a number of more than {MAX_DIGITS} digits")
    if _OCTAL_LOOK.match(text):
        raise ValueError(f"{text} begins with 0, which some programs read as octal; write {value}, or {text!r} with "
                         f"its quotes for text")
    if isinstance(value, float) and math.isinf(value) and text[-1] not in "fF":
        raise ValueError(f"{text} is beyond the largest number, 1.8e308; infinity is written .inf")
    return value


def implicit() -> list[tuple[str, re.Pattern[str]]]:
    """Return the patterns of text that means something else unless it is quoted, with what."""
    return [(name, pattern) for name, pattern, _ in _CORE_SCHEMA]
