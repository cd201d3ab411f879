"""What is checked of an assignment before it is handed out: the reference, the untouched handout, mistakes, leaks."""

from .checking import Checked, self_check
from .leaks import leaks, telling

__all__ = ["Checked", "leaks", "self_check", "telling"]
