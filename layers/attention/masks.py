"""Masks of attention, which say who may look at whom, as numbers that are added to the scores."""

from typing import Any

import numpy as np
import numpy.typing as npt

from ..core import Array, DtypeError, Layer, Shape, ShapeError, Size, show_shape

__all__ = ["additive_mask", "causal_mask", "check_mask"]


def additive_mask(mask: Array, dtype: npt.DTypeLike, *, true_means: str) -> Array:
    """Return a mask as numbers to be added to scores: a boolean one as 0 where to look and -inf where not.

    ``true_means`` is "look", as in scaled_dot_product_attention, or "ignore", as in MultiheadAttention.
    """
    if mask.dtype != np.bool_:
        return mask.astype(dtype, copy=False)
    look = mask if true_means == "look" else ~mask
    return np.where(look, 0.0, -np.inf).astype(dtype)


def causal_mask(length: Size, source: int, dtype: npt.DTypeLike) -> Array:
    """Return the additive mask of shape (length, source) that hides from every position those behind it."""
    return additive_mask(np.tri(length, source, dtype=bool), dtype, true_means="look")


def check_mask(mask: Any, *shapes: Shape, name: str, owner: Layer) -> None:
    """Raise unless a mask, or its shape, has one of the shapes and the mask is of truth values or numbers.

    Raises: ShapeError for another shape, DtypeError for integers and for what is no array.
    """
    if not isinstance(mask, tuple) and (not isinstance(mask, np.ndarray) or mask.dtype.kind not in "bf"):
        got = mask.dtype if isinstance(mask, np.ndarray) else type(mask).__name__
        raise DtypeError(f"{owner.title} expected {name} as a NumPy array of truth values or floating-point numbers, "
                         f"got {got}; convert it with np.asarray({name}, bool)")
    shape = mask if isinstance(mask, tuple) else mask.shape
    if shape not in shapes:
        wanted = " or ".join(show_shape(each) for each in shapes)
        raise ShapeError(f"{owner.title} expected {name} of shape {wanted}, got {show_shape(shape)}")
