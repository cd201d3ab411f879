"""What is checked of an assignment before it is handed out: the reference, the untouched handout, mistakes, leaks."""

from .checking import problems_of
from .leaks import leaks, telling

__all__ = ["leaks", "problems_of", "telling"]
