"""The file that describes an assignment: what it may say, and how it is read."""

from .reading import load_assignment
from .schema import Assignment, Draw, Example, Feedback, Limits, Part

__all__ = ["Assignment", "Draw", "Example", "Feedback", "Limits", "Part", "load_assignment"]
