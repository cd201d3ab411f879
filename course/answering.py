"""What a worker is called for: the answers of a submission to one question, in a process that nobody trusts."""

from collections.abc import Mapping
from typing import Any

from ..testing.diagnosis.answers import Answers
from .asking import answer
from .assignment.schema import Assignment
from .names import names_of
from .packing import Arrays

__all__ = ["answer_nothing", "answer_part"]


def answer_nothing(told: Mapping[str, Any], asked: Arrays) -> Answers:
    """Get ready to answer and do not: what that costs is not the submission's own time."""
    names_of(Assignment.of(told["assignment"]), None)
    return {}


def answer_part(told: Mapping[str, Any], asked: Arrays) -> Answers:
    """Answer the one example of the one part of the assignment that is told."""
    assignment = Assignment.of(told["assignment"])
    (part,) = assignment.parts.values()
    return answer(part, part.examples[0], asked, names_of(assignment, None), probe=told["probe"])
