"""Compiled twins: a kernel's NumPy function says what the result is; with Numba installed its twin is quicker to it.

The twin of ``layers/kernels/pooling.py: window_max`` is ``layers/kernels/fast/pooling.py: window_max``. Numba is
imported with the first twin that is called.
"""

import functools
import importlib
import importlib.util
import os
from collections.abc import Callable
from pathlib import Path
from typing import ParamSpec, Protocol, TypeVar, cast

__all__ = ["Twinned", "compiled", "has_twins"]

P = ParamSpec("P")
R = TypeVar("R")


class Twinned(Protocol[P, R]):
    """A kernel with two forms: ``definition`` in NumPy, and ``twin()``, compiled, None where there is no Numba."""

    definition: Callable[P, R]
    twin: Callable[[], Callable[P, R] | None]

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """Run the quicker form."""


@functools.cache
def has_twins() -> bool:
    """Return whether compiled twins are used: they and Numba are there, and CHAINRULE_COMPILED is not set to 0."""
    return os.environ.get("CHAINRULE_COMPILED", "1") != "0" and importlib.util.find_spec("numba") is not None \
        and (Path(__file__).parent / "fast").is_dir()


def compiled(definition: Callable[P, R]) -> Twinned[P, R]:
    """Let a kernel be run by its compiled twin if there is Numba, and by its definition otherwise."""
    room, _, module = definition.__module__.rpartition(".")

    @functools.cache
    def twin() -> Callable[P, R] | None:
        if not has_twins():
            return None
        found: Callable[P, R] = getattr(importlib.import_module(f"{room}.fast.{module}"), definition.__name__)
        return found

    @functools.wraps(definition)
    def kernel(*args: P.args, **kwargs: P.kwargs) -> R:
        return (twin() or definition)(*args, **kwargs)

    kernel.definition, kernel.twin = definition, twin   # type: ignore[attr-defined]    # functions take attributes
    return cast(Twinned[P, R], kernel)
