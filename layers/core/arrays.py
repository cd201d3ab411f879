"""Array types, and the few questions about arrays that every layer asks: is it one, of which shape, in which dtype."""

from types import EllipsisType
from typing import Any

import numpy as np
import numpy.typing as npt

from .errors import DtypeError, ShapeError

__all__ = ["Array", "Shape", "Template", "as_dtype", "check_shape", "flatten", "show_shape", "total", "unbroadcast"]

Array = npt.NDArray[Any]
Shape = tuple[int, ...]
Template = tuple[int | str | EllipsisType, ...]     # sizes; a name where any size fits; ... for any leading axes


def check_shape(x: Any, shape: Template, *, name: str, owner: object) -> None:
    """Raise unless ``x`` is a floating-point array that fits ``shape``, in the words of its ``owner``.

    ``x`` may also be a shape, as in ``describe``, which is then all that is checked. ``shape`` holds a number where the
    size is fixed, a name where any size fits (``"N"``), and may begin with ``...``. The owner may offer
    ``hint(name, shape)``, asked only when the shape does not fit, for the fix.

    Raises: DtypeError for what is no floating-point array, ShapeError for the wrong shape.
    """
    if isinstance(x, np.ndarray) and x.dtype.kind == "f" and _fits(x.shape, shape):
        return                                                          # as nearly always
    x_shape: Shape = x if isinstance(x, tuple) else np.shape(x) if isinstance(x, (np.ndarray, np.floating)) else ()
    if not isinstance(x, (np.ndarray, np.floating, tuple)):
        got = f"an array of {x.dtype}" if isinstance(x, np.generic) else type(x).__name__
        raise DtypeError(f"{_who(owner)} expected {name} as a NumPy array, got {got}; "
                         f"convert it with np.asarray({name}, np.float32)")
    if not isinstance(x, tuple) and x.dtype.kind != "f":
        raise DtypeError(f"{_who(owner)} expected {name} of a floating-point dtype, got {x.dtype}; "
                         f"convert it with {name}.astype(np.float32)")
    if not _fits(x_shape, shape):
        hint = getattr(owner, "hint", lambda *_: "")(name, x_shape)
        raise ShapeError(f"{_who(owner)} expected {name} of shape {show_shape(shape)}, got {show_shape(x_shape)}"
                         f"{'; ' if hint else ''}{hint}")


def _fits(shape: Shape, template: Template) -> bool:
    if template and template[0] is ...:
        template = template[1:]
        if len(shape) < len(template):
            return False
        shape = shape[len(shape) - len(template):]
    return shape == template or (len(shape) == len(template) and all(
        size == wanted or type(wanted) is str for size, wanted in zip(shape, template, strict=True)))


def _who(owner: object) -> str:
    return owner if isinstance(owner, str) else str(getattr(owner, "title", type(owner).__name__))


def show_shape(shape: Template) -> str:
    """Return a shape as people write it, for example ``(N, 3, 32, 32)`` or ``(..., 64)``."""
    sizes = ["..." if size is ... else str(size) for size in shape]
    return f"({sizes[0]},)" if len(sizes) == 1 else f"({', '.join(sizes)})"


def as_dtype(x: Array, dtype: npt.DTypeLike) -> Array:
    """Return ``x`` in ``dtype``; the same array if it is in it already."""
    return x if isinstance(x, np.ndarray) and x.dtype == dtype else np.asarray(x).astype(dtype, copy=False)


def total(*terms: Array | None) -> Array | None:
    """Return the sum of the terms that are not None, which stands for zero; None if all are."""
    result: Array | None = None
    for term in terms:
        if term is not None:
            result = term if result is None else result + term
    return result


def unbroadcast(grad: Array, shape: Shape) -> Array:
    """Sum ``grad`` over the axes along which an array of ``shape`` was broadcast: the adjoint of broadcasting."""
    if grad.shape == shape:
        return grad
    lead = grad.ndim - len(shape)
    stretched = tuple(axis + lead for axis, size in enumerate(shape) if size == 1 and grad.shape[axis + lead] != 1)
    return np.asarray(grad.sum(axis=(*range(lead), *stretched), keepdims=True)).reshape(shape)


def flatten(values: Any) -> tuple[Any, ...]:
    """Return the leaves of nested tuples and lists, depth first; anything else is its own only leaf.

    Example:
        >>> from chainrule.layers.core import flatten
        >>> flatten(("output", ("h", "c")))
        ('output', 'h', 'c')
    """
    if isinstance(values, (tuple, list)) and not hasattr(values, "_fields"):
        return tuple(leaf for value in values for leaf in flatten(value))
    return (values,)
