"""Operators that only move values: every value of the output is one of the input, or a constant."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np

from ....layers.core import Array, Shape, ShapeError
from .operator import Operator

__all__ = ["MOVES", "Rearranged"]


class RearrangedCache(NamedTuple):
    """Shape and dtype of the input, and all arguments behind it."""

    x_shape: Shape
    dtype: np.dtype[np.generic]
    how: tuple[Any, ...]


class Rearranged(Operator):
    """Values in other places, ``y = move(x, *how)``; ``move`` is one of ``MOVES``, by the operator's name.

    The same move, done with the numbers of the places, says where each value of the output came from.

    Gradients:
        grad_x[place] = sum of grad_out over all that came from place
    """

    locally_linear = True

    def forward(self, *given: Any) -> Any:
        x, *how = self.arguments(given)
        self.cache = RearrangedCache(x.shape, x.dtype, tuple(how))
        try:
            return MOVES[self.name](x, *how, **self.options)
        except ShapeError:
            raise
        except (IndexError, ValueError):
            raise self.unsuited(x) from None

    def backward(self, grad_out: Any) -> Any:
        x_shape, dtype, how = self.saved()
        if dtype.kind != "f":
            return None
        size = int(np.prod(x_shape))
        filled = [np.zeros_like(each) if isinstance(each, np.ndarray) and each.dtype.kind == "f" else each
                  for each in how]                              # what fills is a constant: it comes from place 0
        numbers = np.arange(1, size + 1).reshape(x_shape)
        places = MOVES[self.name](numbers, *filled, **self.options)
        pairs = zip(places, grad_out, strict=True) if isinstance(places, tuple) else [(places, grad_out)]
        grad_x = np.zeros(size + 1, dtype)
        for place, grad in pairs:
            if grad is not None:
                grad_x += np.bincount(place.ravel(), grad.ravel(), size + 1).astype(dtype)
        return self.spread([grad_x[1:].reshape(x_shape), *[None] * len(how)])


def _reshape(x: Array, shape: Array, *, allowzero: int = 0) -> Array:
    sizes = [x.shape[axis] if size == 0 and not allowzero else int(size) for axis, size in enumerate(shape)]
    if sizes.count(-1) == 1 and 0 in sizes:
        sizes[sizes.index(-1)] = 0
    try:
        return x.reshape(sizes)
    except ValueError:
        raise ShapeError(f"Reshape expected x that fits into {tuple(sizes)}, got {x.shape}") from None


def _axes(axes: Any, rank: int) -> tuple[int, ...]:
    return tuple(int(axis) % rank for axis in np.atleast_1d(axes))


def _squeeze(x: Array, axes: Any = None) -> Array:
    return x.squeeze() if axes is None else x.squeeze(_axes(axes, x.ndim))


def _unsqueeze(x: Array, axes: Any) -> Array:
    return np.expand_dims(x, _axes(axes, x.ndim + np.size(axes)))


def _flatten(x: Array, *, axis: int = 1) -> Array:
    lead = int(np.prod(x.shape[:axis]))
    return x.reshape(lead, x.size // lead if lead else int(np.prod(x.shape[axis:])))


def _transpose(x: Array, *, perm: tuple[int, ...] | None = None) -> Array:
    return x.transpose(perm)


def _slice(x: Array, starts: Array, ends: Array, axes: Any = None, steps: Any = None) -> Array:
    cuts = [slice(None)] * x.ndim
    along = range(len(starts)) if axes is None else _axes(axes, x.ndim)
    for axis, start, end, step in zip(along, starts, ends, np.ones_like(starts) if steps is None else steps,
                                      strict=True):
        size, start, end, step = x.shape[axis], int(start), int(end), int(step)
        start, end = (place + size if place < 0 else place for place in (start, end))
        bounds = (0, size) if step > 0 else (-1, size - 1)
        start, end = (min(max(place, bounds[0]), bounds[1]) for place in (start, end))
        cuts[axis] = slice(max(start, 0), None if end < 0 else end, step) if start >= 0 else slice(0, 0)
    return x[tuple(cuts)]


def _gather(x: Array, indices: Array, *, axis: int = 0) -> Array:
    return np.take(x, indices, axis)


def _gather_elements(x: Array, indices: Array, *, axis: int = 0) -> Array:
    return np.take_along_axis(x, indices % x.shape[axis] if x.shape[axis] else indices, axis)


def _expand(x: Array, shape: Array) -> Array:
    return np.broadcast_to(x, np.broadcast_shapes(x.shape, tuple(int(size) for size in shape)))


def _tile(x: Array, repeats: Array) -> Array:
    return np.tile(x, [int(times) for times in repeats])


def _split(x: Array, split: Any = None, *, axis: int = 0, num_outputs: int = 0) -> tuple[Array, ...]:
    size = x.shape[axis]
    if split is None:
        each = -(-size // num_outputs)
        split = [min(each, max(size - part * each, 0)) for part in range(num_outputs)]
    return tuple(np.split(x, np.cumsum(split)[:-1], axis))


def _pad(x: Array, pads: Array, value: Any = None, axes: Any = None, *, mode: str = "constant") -> Array:
    along = range(x.ndim) if axes is None else _axes(axes, x.ndim)
    sides = [(0, 0)] * x.ndim
    for number, axis in enumerate(along):
        sides[axis] = int(pads[number]), int(pads[number + len(pads) // 2])
    x = x[tuple(slice(max(0, -before), x.shape[axis] - max(0, -after)) for axis, (before, after) in enumerate(sides))]
    widths = [(max(0, before), max(0, after)) for before, after in sides]
    if mode == "constant":
        fill = x.dtype.type(0) if value is None else np.asarray(value).reshape(()).astype(x.dtype)
        return np.pad(x, widths, constant_values=fill)
    kinds: Mapping[str, Any] = {"reflect": "reflect", "edge": "edge", "wrap": "wrap"}
    padded: Array = np.pad(x, widths, mode=kinds[mode])
    return padded


def _depth_to_space(x: Array, *, blocksize: int, mode: str = "DCR") -> Array:
    n, channels, height, width = x.shape
    r, kept = blocksize, channels // blocksize**2
    if mode == "DCR":
        x = x.reshape(n, r, r, kept, height, width).transpose(0, 3, 4, 1, 5, 2)
    else:
        x = x.reshape(n, kept, r, r, height, width).transpose(0, 1, 4, 2, 5, 3)
    return np.ascontiguousarray(x.reshape(n, kept, height * r, width * r))


def _space_to_depth(x: Array, *, blocksize: int, mode: str = "DCR") -> Array:
    n, channels, height, width = x.shape
    r = blocksize
    x = x.reshape(n, channels, height // r, r, width // r, r)
    x = x.transpose((0, 3, 5, 1, 2, 4) if mode == "DCR" else (0, 1, 3, 5, 2, 4))
    return np.ascontiguousarray(x.reshape(n, channels * r * r, height // r, width // r))


def _trilu(x: Array, k: Any = 0, *, upper: int = 1) -> Array:
    return np.triu(x, int(k)) if upper else np.tril(x, int(k))


MOVES: dict[str, Callable[..., Any]] = {
    "DepthToSpace": _depth_to_space, "Expand": _expand, "Flatten": _flatten, "Gather": _gather,
    "GatherElements": _gather_elements, "Pad": _pad, "Reshape": _reshape, "Slice": _slice,
    "SpaceToDepth": _space_to_depth, "Split": _split, "Squeeze": _squeeze, "Tile": _tile, "Transpose": _transpose,
    "Trilu": _trilu, "Unsqueeze": _unsqueeze,
}
