"""The command line, ``chainrule …``: one file for each command."""

from .main import main

__all__ = ["main"]
