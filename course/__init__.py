"""Assignments: made from the library's own source, checked before release, graded where nothing can be cheated."""

from .assignment import Assignment, Part, load_assignment

__all__ = ["Assignment", "Part", "load_assignment"]
