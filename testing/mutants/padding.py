"""Wrong backwards of paddings."""

from collections.abc import Callable

import numpy as np

from ...layers import CircularPad2d, ConstantPad2d, ReflectionPad2d, ReplicationPad2d
from ...layers.core import Array, Shape
from ...layers.padding import Pad
from .mutant import Subject

__all__ = ["SUBJECTS"]

SIDES = (2, 1, 0, 3)        # both axes grow by three, so that exchanged sides still fit
x = ((2, 3, 5, 4),)

constant = Subject(ConstantPad2d, lambda: ConstantPad2d(SIDES, 1.5), x)
reflection = Subject(ReflectionPad2d, lambda: ReflectionPad2d(SIDES), x)
replication = Subject(ReplicationPad2d, lambda: ReplicationPad2d(SIDES), x)
circular = Subject(CircularPad2d, lambda: CircularPad2d(SIDES), x)

SUBJECTS = (constant, reflection, replication, circular)


def inside(grad_out: Array, x_shape: Shape, left: int = SIDES[0], top: int = SIDES[2]) -> Array:
    """Return the gradient without its border."""
    return grad_out[..., top:top + x_shape[-2], left:left + x_shape[-1]].copy()


def scattered(grad_out: Array, x_shape: Shape, seen: Callable[[Array, int], Array],
              write: Callable[[Array, Array, Array], None] = np.add.at) -> Array:
    """Bring the gradient of every position to the one it shows, axis by axis, as ``write`` does."""
    for axis, before, after in ((-1, *SIDES[:2]), (-2, *SIDES[2:])):
        size = x_shape[axis]
        moved = np.moveaxis(grad_out, axis, 0)
        grad_x = np.zeros((size, *moved.shape[1:]), grad_out.dtype)
        write(grad_x, seen(np.arange(-before, size + after), size) % size, moved)
        grad_out = np.moveaxis(grad_x, 0, axis)
    return grad_out


def assign(grad_x: Array, places: Array, values: Array) -> None:
    """Write over what was there."""
    grad_x[places] = values


@constant.wrong("order", "adjoint")
def cut_at_the_far_side(self: Pad, grad_out: Array, x_shape: Shape) -> Array:
    """The border is cut off behind, as if it all had been put there."""
    return inside(grad_out, x_shape, 0, 0)


@constant.wrong("order", "adjoint")
def sides_counted_from_the_first_axis(self: Pad, grad_out: Array, x_shape: Shape) -> Array:
    """The sides are given for the last axis first; here the gradient is cut as if the first axis came first."""
    return inside(grad_out, x_shape, SIDES[2], SIDES[0])


@constant.wrong("formula", "adjoint")
def gradient_scaled_by_the_value(self: ConstantPad2d, grad_out: Array, x_shape: Shape) -> Array:
    """The value stands beside the input, not before it as a factor."""
    return inside(grad_out, x_shape) * float(self.value)


@constant.wrong("formula", "jvp")
def border_moves(self: ConstantPad2d, x_dot: Array | None) -> Array | None:
    """The tangent has the constant in its border, but a constant does not move: its tangent is zero."""
    y_dot = ConstantPad2d.jvp(self, x_dot)
    return None if y_dot is None else y_dot + self.value * (1 - self.apply(np.ones(self.cache.x_shape)))


@reflection.wrong("path", "adjoint")
def border_forgotten(self: Pad, grad_out: Array, x_shape: Shape) -> Array:
    """The border is cut off as if it were constant; what it mirrors gets no gradient from it."""
    return inside(grad_out, x_shape)


@reflection.wrong("accumulate", "adjoint")
def border_written_over(self: Pad, grad_out: Array, x_shape: Shape) -> Array:
    """A value and its mirror image are assigned to one place where they must be added."""
    return scattered(grad_out, x_shape, self.seen, assign)


@reflection.wrong("order", "adjoint")
def edge_repeated(self: Pad, grad_out: Array, x_shape: Shape) -> Array:
    """The mirror stands beside the edge, which then is its own image; here it stands on the edge."""
    def seen(position: Array, size: int) -> Array:
        mirrored = np.where(position < 0, -1 - position, position)
        return np.where(mirrored < size, mirrored, 2 * size - 1 - mirrored)
    return scattered(grad_out, x_shape, seen)


@reflection.wrong("sign", "adjoint")
def mirror_turns_the_sign(self: Pad, grad_out: Array, x_shape: Shape) -> Array:
    """The border's share is subtracted, as of an odd continuation."""
    return 2 * inside(grad_out, x_shape) - scattered(grad_out, x_shape, self.seen)


@replication.wrong("accumulate", "adjoint")
def copies_of_the_edge_written_over(self: Pad, grad_out: Array, x_shape: Shape) -> Array:
    """The edge keeps the gradient of its last copy where it must get the sum over all."""
    return scattered(grad_out, x_shape, self.seen, assign)


@replication.wrong("mean", "adjoint")
def copies_of_the_edge_averaged(self: Pad, grad_out: Array, x_shape: Shape) -> Array:
    """The edge gets the mean over its copies, of which each alone has the full influence."""
    return scattered(grad_out, x_shape, self.seen) / scattered(np.ones_like(grad_out), x_shape, self.seen)


@replication.wrong("path", "adjoint")
def corners_forgotten(self: Pad, grad_out: Array, x_shape: Shape) -> Array:
    """The four corners of the border belong to both axes, and are left out here."""
    cut = grad_out.copy()
    rows, columns = np.ones(cut.shape[-2], bool), np.ones(cut.shape[-1], bool)
    rows[SIDES[2]:SIDES[2] + x_shape[-2]] = columns[SIDES[0]:SIDES[0] + x_shape[-1]] = False
    cut[..., rows[:, None] & columns] = 0
    return scattered(cut, x_shape, self.seen)


@circular.wrong("order", "adjoint")
def border_added_at_the_same_end(self: Pad, grad_out: Array, x_shape: Shape) -> Array:
    """The border shows the other end, but its gradient is added to the end where it stands."""
    return scattered(grad_out, x_shape, lambda position, size: np.clip(position, 0, size - 1))


@circular.wrong("accumulate", "adjoint")
def border_added_twice(self: Pad, grad_out: Array, x_shape: Shape) -> Array:
    """The two ends are added to each other before and behind, so that the border counts twice."""
    return 2 * scattered(grad_out, x_shape, self.seen) - inside(grad_out, x_shape)
