"""Grades in words, for a terminal."""

from ..grade import Grade

__all__ = ["words"]


def words(*grades: Grade) -> str:
    """Return grades as text, each with what is told of its parts."""
    lines = []
    for grade in grades:
        lines.append(f"{grade.submission}: {grade.earned:g} of {grade.points:g} points")
        lines += [f"  {text}" for text in (grade.problem, *grade.notes) if text]
        for part in grade.parts:
            lines.append(f"  {part.title}: {part.earned:g} of {part.points:g}")
            if part.earned < part.points:
                lines += [f"    {line}" for line in part.told.splitlines()]
    return "\n".join(lines)
