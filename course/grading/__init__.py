"""Grading: the trusted side, which alone holds references, hidden questions and results."""

from .grade import Grade, PartGrade
from .grader import Grader, IsolationError
from .submission import SubmissionError, read_submission

__all__ = ["Grade", "Grader", "IsolationError", "PartGrade", "SubmissionError", "read_submission"]
