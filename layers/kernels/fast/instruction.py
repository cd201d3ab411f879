"""What compiled loops may call beside functions: code that is generated, instruction by instruction."""

from typing import Any

from numba.extending import intrinsic

__all__ = ["instruction"]


def instruction(typed: Any) -> Any:
    """Make a function of the types, which returns a signature and what generates code, one that loops can call."""
    return intrinsic(typed)
