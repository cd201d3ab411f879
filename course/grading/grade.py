"""What a submission earned, part by part, and what is told of it."""

from dataclasses import dataclass

from ..assignment import Assignment

__all__ = ["Grade", "PartGrade", "zero_grade"]


@dataclass(frozen=True)
class PartGrade:
    """What one part of a submission earned.

    Attributes:
        name:   of the part
        title:  for people
        points: what there was to earn
        earned: what was earned: all or nothing, since all questions to a part ask the same thing with other numbers
        told:   what the student reads
    """

    name: str
    title: str
    points: float
    earned: float
    told: str = ""


@dataclass(frozen=True)
class Grade:
    """What a submission earned.

    Attributes:
        title:      of the assignment
        submission: the name it was handed in under
        parts:      in the order of work
        level:      of isolation that its tests ran at
        seconds:    that grading took
        problem:    what is wrong with the submission as a whole, for the student
        notes:      what the teacher alone should know
    """

    title: str
    submission: str
    parts: tuple[PartGrade, ...]
    level: str = ""
    seconds: float = 0.0
    problem: str = ""
    notes: tuple[str, ...] = ()

    @property
    def earned(self) -> float:
        """The sum of what all parts earned."""
        return sum(part.earned for part in self.parts)

    @property
    def points(self) -> float:
        """The sum of what there was to earn."""
        return sum(part.points for part in self.parts)


def zero_grade(assignment: Assignment, submission: str, problem: str) -> Grade:
    """Return the grade of a submission that earned nothing, and why."""
    parts = tuple(PartGrade(name, part.title or name, part.points, 0.0) for name, part in assignment.parts.items())
    return Grade(assignment.title, submission, parts, problem=problem)
