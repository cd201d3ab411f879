"""The package's own random generator, for everyone who does not bring one: seeded, saved and restored as one."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

import numpy as np

from .errors import DtypeError

__all__ = ["default_rng", "get_rng_state", "manual_seed", "set_rng_state"]

_generator = np.random.default_rng()    # one object for the life of the process, so layers may keep a reference


def default_rng(rng: np.random.Generator | None = None) -> np.random.Generator:
    """Return ``rng`` if there is one, else the package's own generator.

    Raises: DtypeError for anything but a numpy.random.Generator, such as a bare seed.
    """
    if rng is not None and not isinstance(rng, np.random.Generator):
        raise DtypeError(f"rng expected a numpy.random.Generator, got {rng!r}; write np.random.default_rng(seed)")
    return _generator if rng is None else rng


def manual_seed(seed: int) -> np.random.Generator:
    """Reset the package's own generator to ``seed`` (a non-negative integer) and return it.

    Example:
        >>> [int(manual_seed(0).integers(10)) for _ in range(2)]
        [8, 8]
    """
    set_rng_state(np.random.default_rng(seed).bit_generator.state)
    return _generator


def get_rng_state() -> dict[str, Any]:
    """Return the state of the package's own generator, plain numbers that JSON can hold."""
    return deepcopy(dict(_generator.bit_generator.state))


def set_rng_state(state: Mapping[str, Any]) -> None:
    """Put the package's own generator back where ``get_rng_state`` found it."""
    _generator.bit_generator.state = dict(state)
