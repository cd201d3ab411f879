"""Padding of the last axes: every mode says for each position of the output which position of the input it shows."""

from typing import ClassVar

import numpy as np

from ..core import Array, Shape, ShapeError, ValueRangeError, show_shape
from ..linear_map import LinearMap

__all__ = ["Pad"]


class Pad(LinearMap):
    """Input with a border around its last ``axes`` axes; a negative padding cuts.

    A mode writes ``seen(position, size)``: the position of the input that a position of the output shows, both counted
    from where the input begins; outside of 0 … size - 1 nothing is shown.

    Shapes:
        x:       (N, C, …) or (C, …)
        padding: (left, right), then (top, bottom), then (front, back): last axis first; or one number for all sides

    Gradients:
        grad_x = grad_out of every position, added where the position it shows lies

    Source: torch.nn.functional.pad.
    """

    axes: ClassVar[int]

    def __init__(self, padding: int | tuple[int, ...]) -> None:
        sides = (padding,) * (2 * self.axes) if isinstance(padding, int) else tuple(padding)
        if len(sides) != 2 * self.axes:
            raise ValueRangeError(f"{type(self).__name__} expected padding as one number or {2 * self.axes}, "
                                  f"got {padding}")
        self.padding = sides

    def seen(self, position: Array, size: int) -> Array:
        """Return which position of the input every position of the output shows."""
        raise NotImplementedError(f"{type(self).__name__}.seen")

    def most(self, size: int) -> int | None:
        """Return the widest border that an axis of this size can have, or None where there is no limit."""
        return None

    def apply(self, x: Array) -> Array:
        for axis, shown in self._maps(x.shape):
            inside = (shown >= 0) & (shown < x.shape[axis])
            x = np.take(x, np.where(inside, shown, 0), axis=axis)
            if not inside.all():
                np.moveaxis(x, axis, 0)[~inside] = 0
        return x

    def adjoint(self, grad_out: Array, x_shape: Shape) -> Array:
        for axis, shown in self._maps(x_shape):
            moved = np.moveaxis(grad_out, axis, 0)
            grad_x = np.zeros((x_shape[axis], *moved.shape[1:]), grad_out.dtype)
            inside = (shown >= 0) & (shown < x_shape[axis])
            np.add.at(grad_x, shown[inside], moved[inside])
            grad_out = np.moveaxis(grad_x, 0, axis)
        return grad_out

    def output_shape(self, x_shape: Shape) -> Shape:
        if len(x_shape) not in (self.axes + 1, self.axes + 2):
            spatial = ("D", "H", "W")[3 - self.axes:] if self.axes > 1 else ("L",)
            raise ShapeError(f"{self.title} expected x of shape {show_shape(('N', 'C', *spatial))} or without N, "
                             f"got {show_shape(x_shape)}")
        y_shape = list(x_shape)
        for axis, before, after in self._sides():
            size, most = x_shape[axis], self.most(x_shape[axis])
            y_shape[axis] += before + after
            if y_shape[axis] < 1 or (most is not None and max(before, after) > most):
                limit = "" if most is None else f" of at most {most}"
                raise ShapeError(f"{self.title} expected padding{limit} that leaves something of "
                                 f"{show_shape(x_shape)}, got {before} and {after} for the axis of size {size}")
        return tuple(y_shape)

    def _sides(self) -> list[tuple[int, int, int]]:
        return [(-1 - number, self.padding[2 * number], self.padding[2 * number + 1]) for number in range(self.axes)]

    def _maps(self, x_shape: Shape) -> list[tuple[int, Array]]:
        return [(axis, self.seen(np.arange(-before, x_shape[axis] + after), x_shape[axis]))
                for axis, before, after in self._sides() if before or after]
