"""System calls that Python 3.11 has no function for."""

import ctypes
import os
from typing import Any

__all__ = ["libc"]


def libc(name: str, *arguments: Any) -> None:
    """Call a function of the C library; raise OSError, named after it, if it says -1."""
    if getattr(ctypes.CDLL(None, use_errno=True), name)(*arguments) == -1:
        error = ctypes.get_errno()
        raise OSError(error, f"{name}: {os.strerror(error)}")
