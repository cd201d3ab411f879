"""Recurrent state as an explicit input and output: one array h, or the pair (h, c), given or zero."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from ..core import Array, Layer, Shape, ShapeError, check_shape, flatten

__all__ = ["check_gradients", "check_states", "nested", "owned", "regrouped"]


def check_states(hx: Any, shapes: Sequence[Shape], owner: Layer) -> tuple[Any, ...]:
    """Return the states in ``hx``, arrays or shapes, one for each of ``shapes``; none if all are None or ().

    Raises: ShapeError for another number of states or another shape.
    """
    if all(state is None or (isinstance(state, tuple) and not state)
           for state in (hx if isinstance(hx, (tuple, list)) else (hx,))):
        return ()
    alone = not isinstance(hx, (tuple, list)) or all(isinstance(size, int) for size in hx)
    given = (hx,) if alone else tuple(hx)
    if len(given) != len(shapes):
        wanted = "one array, h0" if len(shapes) == 1 else "two arrays, (h0, c0)"
        raise ShapeError(f"{owner.title} expected hx as {wanted}, got {len(given)}")
    for name, state, shape in zip(("h0", "c0"), given, shapes, strict=False):
        check_shape(state, shape, name=name, owner=owner)
    return given


def check_gradients(grad_out: Any, names: Sequence[str], shapes: Sequence[Shape], owner: Layer) -> tuple[Any, ...]:
    """Return the upstream gradients, one for each output, None for zero.

    Raises: ShapeError for another number of gradients or another shape.
    """
    given = flatten(grad_out)
    if len(given) != len(shapes):
        wanted = " and ".join(f"grad_{name}" for name in names[:len(shapes)])
        raise ShapeError(f"{owner.title} expected {wanted}, None for zero, got {len(given)}")
    for name, grad, shape in zip(names, given, shapes, strict=False):
        if grad is not None:
            check_shape(grad, shape, name=f"grad_{name}", owner=owner)
    return given


def regrouped(x_shapes: Sequence[Any], count: int) -> tuple[Any, Any, Any]:
    """Return the shapes of x, hx and lengths, () for what is not given; the states may stand flat, as backward's do."""
    x_shape, *rest = x_shapes
    if count > 1 and rest and rest[0] and all(isinstance(size, int) for size in rest[0]):
        rest = [tuple(rest[:count]), *rest[count:]]
    hx_shape, lengths_shape = (*rest, (), ())[:2]
    return x_shape, hx_shape, lengths_shape


def owned(values: Sequence[Array | None], shapes: Sequence[Shape], dtype: npt.DTypeLike) -> list[Array]:
    """Return copies of states or their gradients, that may be changed; zeros for None, or if there are no values."""
    copies = [np.zeros(shape, dtype) for shape in shapes]
    for copy, value in zip(copies, values, strict=False):
        if value is not None:
            copy[...] = value
    return copies


def nested(states: Sequence[Array]) -> Any:
    """Return states as PyTorch does: h, or the pair (h, c)."""
    return states[0] if len(states) == 1 else tuple(states)
