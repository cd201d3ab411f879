"""Weights of classes and elements: given as numbers, kept as a Buffer, which a state dict holds."""

from typing import Any

import numpy as np

from ..layers.core import Buffer, DtypeError

__all__ = ["weight_buffer"]


def weight_buffer(weight: Any, name: str, owner: str) -> Buffer | None:
    """Return a weight as a Buffer, of its own dtype if that is a floating-point one; None stays None.

    Raises: DtypeError for what is not numbers.
    """
    if weight is None:
        return None
    values = np.asarray(weight)
    if values.dtype.kind not in "fiu":
        raise DtypeError(f"{owner} expected {name} as numbers, got {values.dtype}")
    given = isinstance(weight, (np.ndarray, np.floating)) and values.dtype.kind == "f"
    return Buffer(values, dtype=values.dtype if given else np.float32)
