"""The gates of computational graphs with several inputs: how each hands the gradient on to them."""

from math import prod
from typing import Any, NamedTuple

import numpy as np

from .core import (
    Array,
    Description,
    Kept,
    Layer,
    Shape,
    ShapeError,
    as_dtype,
    check_shape,
    show_shape,
    total,
    unbroadcast,
)

__all__ = ["Add", "Divide", "Gate", "Maximum", "Multiply", "Subtract"]


class GateCache(NamedTuple):
    """Shape and dtype of the inputs; inputs and output where the slopes are computed from them."""

    x_shapes: tuple[Shape, ...]
    dtypes: tuple[np.dtype[np.generic], ...]
    x: tuple[Array, ...]
    y: Array | None


class Gate(Layer):
    """An elementwise function of several arrays, which broadcast against each other, ``y = value(*x)``.

    A subclass writes ``value``, ``slopes`` (the partial derivative for each input; a plain 1.0 or -1.0 where that is
    all) and ``slopes_dot``, the tangents of the slopes.

    Gradients:
        grad_x[i] = grad_out * slopes[i], summed over the axes along which x[i] was broadcast

    Source: CS231n course notes, "Backpropagation, Intuitions": patterns in backward flow.
    """

    inputs: int | None = 2
    keeps_x = True
    keeps_y = False

    def value(self, *x: Array) -> Array:
        """Return the output."""
        raise NotImplementedError(f"{type(self).__name__}.value")

    def slopes(self, x: tuple[Array, ...], y: Array) -> tuple[Array | float, ...]:
        """Return the partial derivative of the output for each input."""
        raise NotImplementedError(f"{type(self).__name__}.slopes")

    def slopes_dot(self, x: tuple[Array, ...], y: Array, x_dot: tuple[Any, ...], y_dot: Any) -> tuple[Any, ...]:
        """Return the tangent of each slope; None where it does not change."""
        return (None,) * len(x_dot)

    def forward(self, *x: Array) -> Array:
        for index, array in enumerate(x):
            check_shape(array, (...,), name=f"x[{index}]", owner=self)
        self._output_shape(*(np.shape(array) for array in x))
        y = np.asarray(self.value(*x))
        self.cache = GateCache(tuple(np.shape(array) for array in x), tuple(array.dtype for array in x),
                               x if self.keeps_x else (), y if self.keeps_y else None)
        return y

    def backward(self, grad_out: Array) -> tuple[Array, ...] | None:
        x_shapes, _, x, y = self.saved()
        check_shape(grad_out, self._output_shape(*x_shapes), name="grad_out", owner=self)
        return self._distribute(grad_out, self.slopes(x, y)) if self.needs_input_grad else None

    def jvp(self, *x_dot: Array | None) -> Array | None:
        x_shapes, _, x, y = self.point()
        y_dot = total(*(None if dot is None else slope * dot
                        for slope, dot in zip(self.slopes(x, y), x_dot, strict=True)))
        y_dot = None if y_dot is None else np.broadcast_to(y_dot, self._output_shape(*x_shapes))
        self.tangent = (x_dot, y_dot)
        return y_dot

    def backward_jvp(self, grad_out: Array, grad_out_dot: Array | None) -> tuple[Any, Any]:
        x_dot, y_dot = self.saved_tangent()
        _, _, x, y = self.saved()
        slopes_dot = self.slopes_dot(x, y, tuple(0.0 if dot is None else dot for dot in x_dot),
                                     0.0 if y_dot is None else y_dot)
        moved = self._distribute(grad_out, slopes_dot)
        carried = (None,) * len(x_dot) if grad_out_dot is None else self._distribute(grad_out_dot, self.slopes(x, y))
        return self.backward(grad_out), tuple(total(*pair) for pair in zip(carried, moved, strict=True))

    def describe(self, *x_shapes: Shape) -> Description:
        """Inputs broadcast; the inputs are kept, and the output where the slopes need it."""
        y_shape = self._output_shape(*x_shapes)
        kept = [Kept(f"x{index}", prod(shape)) for index, shape in enumerate(x_shapes)] if self.keeps_x else []
        return self.description(y_shape, kept=(*kept, *([Kept("y0", prod(y_shape))] if self.keeps_y else [])))

    def _distribute(self, grad: Array, slopes: tuple[Any, ...]) -> tuple[Any, ...]:
        def share(slope: Any, x_shape: Shape, dtype: np.dtype[np.generic]) -> Array | None:
            if slope is None:
                return None
            grad_x = grad if isinstance(slope, float) and slope == 1.0 else grad * slope
            return as_dtype(unbroadcast(np.broadcast_to(grad_x, grad.shape), x_shape), dtype)
        x_shapes, dtypes, _, _ = self.cache
        return tuple(share(*each) for each in zip(slopes, x_shapes, dtypes, strict=True))

    def _output_shape(self, *x_shapes: Shape) -> Shape:
        shown = " and ".join(show_shape(shape) for shape in x_shapes)
        if (self.inputs is not None and len(x_shapes) != self.inputs) or not x_shapes:
            wanted = self.inputs or "one or more"
            raise ShapeError(f"{self.title} expected {wanted} inputs, got {len(x_shapes)}: {shown}")
        try:
            return np.broadcast_shapes(*x_shapes)
        except ValueError:
            raise ShapeError(f"{self.title} expected inputs whose shapes broadcast, got {shown}") from None


class Add(Gate):
    """Sum of its inputs, ``y = x[0] + x[1] + …``: the gate that distributes the gradient.

    Gradients:
        grad_x[i] = grad_out

    Source: CS231n course notes, "Backpropagation, Intuitions".

    Example:
        >>> add = Add()
        >>> float(add.forward(np.array(-2.0), np.array(5.0))), [float(g) for g in add.backward(np.array(-4.0))]
        (3.0, [-4.0, -4.0])
    """

    inputs = None
    keeps_x = False
    locally_linear = True

    def value(self, *x: Array) -> Array:
        y = x[0]
        for term in x[1:]:
            y = y + term
        return y

    def slopes(self, x: tuple[Array, ...], y: Array) -> tuple[float, ...]:
        return (1.0,) * len(self.cache.x_shapes)


class Subtract(Gate):
    """Difference, ``y = a - b``.

    Gradients:
        grad_a = grad_out
        grad_b = -grad_out

    Source: CS231n course notes, "Backpropagation, Intuitions".

    Example:
        >>> subtract = Subtract()
        >>> float(subtract.forward(np.array(2.0), np.array(5.0))), [float(g) for g in subtract.backward(np.array(1.0))]
        (-3.0, [1.0, -1.0])
    """

    keeps_x = False
    locally_linear = True

    def value(self, *x: Array) -> Array:
        a, b = x
        return a - b

    def slopes(self, x: tuple[Array, ...], y: Array) -> tuple[float, ...]:
        return 1.0, -1.0


class Multiply(Gate):
    """Product, ``y = a * b``: the gate that swaps, each input's gradient is scaled by the other input.

    Gradients:
        grad_a = grad_out * b
        grad_b = grad_out * a

    Source: CS231n course notes, "Backpropagation, Intuitions".

    Example:
        >>> multiply = Multiply()
        >>> float(multiply.forward(np.array(3.0), np.array(-4.0))), [float(g) for g in multiply.backward(np.array(1.0))]
        (-12.0, [-4.0, 3.0])
    """

    def value(self, *x: Array) -> Array:
        a, b = x
        return a * b

    def slopes(self, x: tuple[Array, ...], y: Array) -> tuple[Array, Array]:
        a, b = x
        return b, a

    def slopes_dot(self, x: tuple[Array, ...], y: Array, x_dot: tuple[Any, ...], y_dot: Any) -> tuple[Any, ...]:
        a_dot, b_dot = x_dot
        return b_dot, a_dot


class Divide(Gate):
    """Quotient, ``y = a / b``.

    Gradients:
        grad_a = grad_out / b
        grad_b = -grad_out * y / b

    Source: quotient rule.

    Example:
        >>> divide = Divide()
        >>> float(divide.forward(np.array(1.0), np.array(4.0))), [float(g) for g in divide.backward(np.array(1.0))]
        (0.25, [0.25, -0.0625])
    """

    keeps_y = True

    def value(self, *x: Array) -> Array:
        a, b = x
        return a / b

    def slopes(self, x: tuple[Array, ...], y: Array) -> tuple[Array, Array]:
        _, b = x
        return 1 / b, -y / b

    def slopes_dot(self, x: tuple[Array, ...], y: Array, x_dot: tuple[Any, ...], y_dot: Any) -> tuple[Any, ...]:
        (_, b), (_, b_dot) = x, x_dot
        return -b_dot / b**2, (y * b_dot / b - y_dot) / b


class Maximum(Gate):
    """Larger of two, ``y = max(a, b)``: the gate that routes the gradient; a tie shares it evenly.

    Gradients:
        grad_a = grad_out * (a > b), half of it where a == b
        grad_b = grad_out * (b > a), half of it where a == b

    Source: CS231n course notes, "Backpropagation, Intuitions"; ties as in torch.maximum.

    Example:
        >>> maximum = Maximum()
        >>> float(maximum.forward(np.array(3.0), np.array(2.0))), [float(g) for g in maximum.backward(np.array(7.0))]
        (3.0, [7.0, 0.0])
    """

    locally_linear = True

    def value(self, *x: Array) -> Array:
        a, b = x
        return np.maximum(a, b)

    def slopes(self, x: tuple[Array, ...], y: Array) -> tuple[Array, Array]:
        a, b = x
        tie = 0.5 * (a == b)
        return as_dtype((a > b) + tie, a.dtype), as_dtype((b > a) + tie, b.dtype)
