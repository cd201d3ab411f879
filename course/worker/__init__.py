"""Running code that nobody trusts: a fresh, shut-off process for every call, arrays in, arrays out."""

from .inside import LEVELS, Limits
from .nursery import Nursery
from .outcome import FAILURES, Failure, Outcome

__all__ = ["FAILURES", "LEVELS", "Failure", "Limits", "Nursery", "Outcome"]
