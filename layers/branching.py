"""Where paths of a network part and meet: copies, choices and concatenation."""

from itertools import accumulate
from typing import Annotated, Any, NamedTuple

import numpy as np

from .core import (
    Array,
    Description,
    Layer,
    Shape,
    ShapeError,
    ValueRangeError,
    Within,
    as_dtype,
    check_shape,
    check_size,
    flatten,
    show_shape,
    total,
)

__all__ = ["Concat", "Copy", "Select"]


class CopyCache(NamedTuple):
    """The dtype of the input."""

    dtype: np.dtype[np.generic]


class SelectCache(NamedTuple):
    """Which input was chosen, of how many, and its shape and dtype."""

    chosen: int
    inputs: int
    x_shape: Shape
    dtype: np.dtype[np.generic]


class ConcatCache(NamedTuple):
    """Shape and dtype of every input."""

    x_shapes: tuple[Shape, ...]
    dtypes: tuple[np.dtype[np.generic], ...]


class Copy(Layer):
    """The input ``n`` times, ``y = (x, …, x)``: the gate that adds gradients up.

    Gradients:
        grad_x = sum of grad_out[i]; None among them counts as zero

    Source: chain rule of several paths; CS231n course notes, "gradients add up at forks".

    Example:
        >>> copy = Copy(2)
        >>> y = copy.forward(np.array([3.0]))
        >>> copy.backward((np.array([1.0]), np.array([10.0]))).tolist()
        [11.0]
    """

    locally_linear = True

    def __init__(self, n: Annotated[int, Within(2)] = 2) -> None:
        self.n = check_size(n, "n", "Copy", least=2)

    def forward(self, x: Array) -> tuple[Array, ...]:
        check_shape(x, (...,), name="x", owner=self)
        self.cache = CopyCache(x.dtype)
        return (x,) * self.n

    def backward(self, grad_out: tuple[Array | None, ...]) -> Array | None:
        dtype = self.saved().dtype
        if len(grad_out) != self.n:
            raise ShapeError(f"{self.title} expected {self.n} gradients, got {len(grad_out)}")
        grad_x = total(*grad_out) if self.needs_input_grad else None
        return None if grad_x is None else as_dtype(grad_x, dtype)

    def jvp(self, x_dot: Array | None) -> tuple[Array | None, ...]:
        self.point()
        self.tangent = ()
        return (x_dot,) * self.n

    def backward_jvp(self, grad_out: Any, grad_out_dot: Any) -> tuple[Array | None, Array | None]:
        self.saved_tangent()
        return self.backward(grad_out), self.backward(grad_out_dot or (None,) * self.n)

    def describe(self, *x_shapes: Shape) -> Description:
        """Every copy is the input itself."""
        return self.description(*x_shapes * self.n, views=(0,) * self.n)


class Select(Layer):
    """Output number ``index`` of a layer that has several, counted depth first: ``y = x[index]``.

    Gradients:
        grad_x = (None, …, grad_out, …, None): zero for what was not chosen

    Raises: ShapeError when there are not that many inputs.

    Source: torch7's SelectTable.

    Example:
        >>> select = Select(1)
        >>> select.forward(np.array([3.0]), np.array([5.0])).tolist(), select.backward(np.array([1.0]))[0] is None
        ([5.0], True)
    """

    locally_linear = True

    def __init__(self, index: int) -> None:
        self.index = index

    def forward(self, *x: Any) -> Any:
        leaves = flatten(x)
        chosen = leaves[self._checked(len(leaves))]
        check_shape(chosen, (...,), name=f"x[{self.index}]", owner=self)
        self.cache = SelectCache(range(len(leaves))[self.index], len(leaves), chosen.shape, chosen.dtype)
        return chosen

    def backward(self, grad_out: Array) -> tuple[Array | None, ...] | None:
        chosen, count, x_shape, dtype = self.saved()
        check_shape(grad_out, x_shape, name="grad_out", owner=self)
        if not self.needs_input_grad:
            return None
        return tuple(as_dtype(grad_out, dtype) if position == chosen else None for position in range(count))

    def jvp(self, *x_dot: Any) -> Any:
        self.tangent = ()
        return flatten(x_dot)[self.point().chosen]

    def backward_jvp(self, grad_out: Array, grad_out_dot: Array | None) -> tuple[Any, Any]:
        self.saved_tangent()
        chosen, count, _, _ = self.saved()
        return self.backward(grad_out), tuple(grad_out_dot if each == chosen else None for each in range(count))

    def describe(self, *x_shapes: Shape) -> Description:
        """The chosen input itself."""
        index = range(len(x_shapes))[self._checked(len(x_shapes))]
        return self.description(x_shapes[index], views=(index,))

    def _checked(self, count: int) -> int:
        if not -count <= self.index < count:
            raise ShapeError(f"{self.title} expected more than {self.index} inputs, got {count}")
        return self.index


class Concat(Layer):
    """Its inputs one after the other along axis ``dim``.

    Shapes:
        x[i]: (N, C_i, …)
        y:    (N, sum of C_i, …), with dim=1

    Gradients:
        grad_x[i] = its stretch of grad_out

    Raises: ShapeError when the inputs differ in another axis.

    Source: torch.cat.

    Example:
        >>> Concat().forward(np.ones((5, 2)), np.zeros((5, 3))).shape
        (5, 5)
    """

    locally_linear = True

    def __init__(self, dim: int = 1) -> None:
        self.dim = dim

    def forward(self, *x: Array) -> Array:
        for index, array in enumerate(x):
            check_shape(array, (...,), name=f"x[{index}]", owner=self)
        self._output_shape(*(array.shape for array in x))
        self.cache = ConcatCache(tuple(array.shape for array in x), tuple(array.dtype for array in x))
        return np.concatenate(x, axis=self.dim)

    def backward(self, grad_out: Array) -> tuple[Array, ...] | None:
        x_shapes, dtypes = self.saved()
        check_shape(grad_out, self._output_shape(*x_shapes), name="grad_out", owner=self)
        if not self.needs_input_grad:
            return None
        return tuple(as_dtype(part, dtype)
                     for part, dtype in zip(self._split(grad_out, x_shapes), dtypes, strict=True))

    def jvp(self, *x_dot: Array | None) -> Array | None:
        x_shapes, dtypes = self.point()
        self.tangent = ()
        if all(dot is None for dot in x_dot):
            return None
        return np.concatenate([np.zeros(shape, dtype) if dot is None else dot
                               for dot, shape, dtype in zip(x_dot, x_shapes, dtypes, strict=True)], axis=self.dim)

    def backward_jvp(self, grad_out: Array, grad_out_dot: Array | None) -> tuple[Any, Any]:
        self.saved_tangent()
        x_shapes = self.saved().x_shapes
        grad_x_dot = (None,) * len(x_shapes) if grad_out_dot is None else tuple(self._split(grad_out_dot, x_shapes))
        return self.backward(grad_out), grad_x_dot

    def describe(self, *x_shapes: Shape) -> Description:
        """Nothing is computed or kept."""
        return self.description(self._output_shape(*x_shapes))

    def _split(self, grad: Array, x_shapes: tuple[Shape, ...]) -> list[Array]:
        ends = list(accumulate(shape[self.dim] for shape in x_shapes))
        return np.split(grad, ends[:-1], axis=self.dim)

    def _output_shape(self, *x_shapes: Shape) -> Shape:
        if not x_shapes:
            raise ValueRangeError(f"{self.title} expected one or more inputs, got none")
        first = x_shapes[0]
        if not -len(first) <= self.dim < len(first) or any(
                len(shape) != len(first) or self._rest(shape) != self._rest(first) for shape in x_shapes):
            shown = " and ".join(show_shape(shape) for shape in x_shapes)
            raise ShapeError(f"{self.title} expected inputs that agree in all axes but {self.dim}, got {shown}")
        joined = list(first)
        joined[self.dim] = sum(shape[self.dim] for shape in x_shapes)
        return tuple(joined)

    def _rest(self, shape: Shape) -> Shape:
        dim = range(len(shape))[self.dim]
        return shape[:dim] + shape[dim + 1:]
