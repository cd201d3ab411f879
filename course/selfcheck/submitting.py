"""What the solution, and the handout as it is, earn when handed in: in workers with NumPy and the handout alone."""

from collections.abc import Iterator
from dataclasses import replace

from ...layers.core import StateError
from ..assignment import Feedback
from ..grading import Grader
from ..handout import Built

__all__ = ["wrong_grades"]


def wrong_grades(built: Built) -> Iterator[str]:
    """Yield the parts that the solution does not earn, and those that the handout does.

    Every question is asked that a submission is asked, of hidden ones those of a secret of this check's own.
    """
    told = Feedback(visible="full", hidden="full")
    assignment = replace(built.assignment, isolation="process", feedback=told)     # this code is nobody's attack
    try:
        with Grader(assignment, b"self-check") as grader:
            for what, files, share in (("solution", built.solution, 1), ("handout", built.handout, 0)):
                grade = grader.grade({path: files[path].decode() for path in built.submit})
                yield from (f"{part.name}: handed in, the {what} earns {part.earned:g} of {part.points:g} points: "
                            f"{part.told}" for part in grade.parts if part.earned != share * part.points)
    except StateError as error:     # of a right version that fails
        yield str(error)
