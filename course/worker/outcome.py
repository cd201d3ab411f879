"""What came of one call in a worker."""

from typing import NamedTuple

from .inside import Arrays

__all__ = ["FAILURES", "Failure", "Outcome"]

FAILURES = {
    "raised": "an exception was raised",
    "memory": "it asked for more memory than allowed",
    "time": "it took longer than allowed",
    "size": "its answer is larger than allowed",
    "ended": "its process ended without an answer",
    "unreadable": "its answer can not be read",
}
"""The ways in which a call can fail, in words."""


class Failure(NamedTuple):
    """Why there are no arrays: one of ``FAILURES``, and what is known beyond; of an exception its class and text."""

    kind: str
    name: str = ""
    text: str = ""

    def __str__(self) -> str:
        return ": ".join(part for part in (FAILURES[self.kind], self.name, self.text) if part)


class Outcome(NamedTuple):
    """What came of a call.

    Attributes:
        arrays:    what it returned
        failure:   what is in their place otherwise
        seconds:   that it took
        processor: seconds of computing, as the system counted them
    """

    arrays: Arrays | None
    failure: Failure | None
    seconds: float
    processor: float
