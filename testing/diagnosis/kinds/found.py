"""What a test for a kind of mistake gives back."""

from collections.abc import Callable
from typing import NamedTuple

from ..case import Case, Part

__all__ = ["CallTest", "Found", "PartTest"]


class Found(NamedTuple):
    """A kind of mistake that was recognised.

    Attributes:
        kind:     its name; docs/diagnosis.md has a paragraph on each
        family:   one of FAMILIES of the dictionary
        sentence: what is wrong, in words for a student
        equation: what holds for a right layer, or the empty string
    """

    kind: str
    family: str
    sentence: str
    equation: str = ""


PartTest = Callable[[Case, Part], Found | None]
"""Looks at one wrong array after one forward and one backward."""

CallTest = Callable[[Case], Found | None]
"""Looks at how calls act on each other where one forward and one backward are right."""
