"""What a layer holds between calls: Parameters, which are trained, and Buffers, which are not."""

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from .arrays import Array, Shape, show_shape
from .errors import ShapeError

if TYPE_CHECKING:
    from .store import Store

__all__ = ["Buffer", "Parameter"]


class Parameter:
    """An array to be trained: ``data`` and ``grad``, of one shape and dtype, both changed in place.

    The two are windows: into arrays of their own at first, into a contiguous ``Store`` from the moment an optimiser
    takes the parameter. Setting ``data`` or ``grad`` copies into the window, so ``parameter.grad += g`` is in place.

    Attributes:
        requires_grad: False freezes: layers spend no work on its gradient and optimisers skip it.
        reached:       whether a backward pass has come by since ``zero_grad`` (PyTorch: ``grad is not None``).
        rows:          the only rows of ``grad`` that may be non-zero, or None for all of them (embeddings).
        dot, grad_dot: tangents of ``data`` and ``grad`` in forward mode; ``dot`` None means zero.

    Raises: ShapeError when a value of another shape is set.

    Example:
        >>> weight = Parameter(np.zeros((2, 3)))
        >>> weight.grad += 1
        >>> weight.dtype.name, float(weight.grad.sum())
        ('float32', 6.0)
    """

    def __init__(self, data: npt.ArrayLike, requires_grad: bool = True, *, dtype: npt.DTypeLike = np.float32) -> None:
        self._data: Array = np.array(data, dtype=dtype, order="C")
        self._grad: Array | None = None
        self._grad_dot: Array | None = None
        self._stale = False                     # whether grad stands for zero, whatever its memory still holds
        self.requires_grad = requires_grad
        self.reached = False
        self.rows: Array | None = None
        self.dot: Array | None = None
        self.store: Store | None = None
        self.start = 0

    @property
    def data(self) -> Array:
        """The values."""
        return self._data

    @data.setter
    def data(self, value: npt.ArrayLike) -> None:
        self._write(self._data, value, "data")

    @property
    def grad(self) -> Array:
        """The gradient that backward passes have added up since ``zero_grad``; allocated when first asked for."""
        if self._grad is None:
            self._grad = np.zeros_like(self._data)
        elif self._stale:
            self._grad[...] = 0
        self._stale = False
        return self._grad

    @grad.setter
    def grad(self, value: npt.ArrayLike) -> None:
        self._write(self.grad, value, "grad")
        self.reached, self.rows = True, None

    @property
    def grad_dot(self) -> Array:
        """The tangent of ``grad`` that ``backward_jvp`` has added up since ``zero_grad``."""
        if self._grad_dot is None:
            self._grad_dot = np.zeros_like(self._data)
        return self._grad_dot

    @grad_dot.setter
    def grad_dot(self, value: npt.ArrayLike) -> None:
        self._write(self.grad_dot, value, "grad_dot")

    @property
    def shape(self) -> Shape:
        """The shape of ``data``."""
        return self._data.shape

    @property
    def dtype(self) -> np.dtype[Any]:
        """The dtype of ``data``."""
        return self._data.dtype

    @property
    def size(self) -> int:
        """The number of values."""
        return self._data.size

    def overwrite(self) -> Array | None:
        """Return the memory of the gradient for a caller who will write all of it, if it stands for zero; else None.

        So the first product since ``zero_grad`` is written in its place, instead of being added to zeros.
        """
        if not self._stale or self._grad is None:
            return None
        self._stale, self.reached, self.rows = False, True, None
        return self._grad

    def zero_grad(self) -> None:
        """Set the gradient (and its tangent) to zero.

        Only the next reader or writer of ``grad`` touches its memory.
        """
        if self.rows is None:
            self._stale = True
        else:
            self.grad[self.rows] = 0
        if self._grad_dot is not None:
            self._grad_dot[...] = 0
        self.rows = None
        self.reached = False

    def astype(self, dtype: npt.DTypeLike) -> None:
        """Change the dtype, leaving the store: optimisers made before notice and say so."""
        if self.dtype != np.dtype(dtype):
            grad = None if self._grad is None else self.grad
            self._data = self._data.astype(dtype)
            self._grad = None if grad is None else grad.astype(dtype)
            self._grad_dot, self.dot, self.store = None, None, None

    def move(self, store: "Store", start: int, data: Array, grad: Array) -> None:
        """Make ``data`` and ``grad``, slices of a store, this parameter's windows, with the values it has."""
        window, grad_window = data.reshape(self.shape), grad.reshape(self.shape)
        window[...] = self._data
        grad_window[...] = 0 if self._grad is None else self.grad
        self._data, self._grad, self.store, self.start = window, grad_window, store, start

    def _write(self, window: Array, value: npt.ArrayLike, what: str) -> None:
        if value is not window:
            value = np.asarray(value)
            if value.shape != self.shape:
                raise ShapeError(f"Parameter expected {what} of shape {show_shape(self.shape)}, "
                                 f"got {show_shape(value.shape)}")
            window[...] = value

    def __getstate__(self) -> dict[str, Any]:
        return {**vars(self), "store": None, "start": 0}    # a copy gets arrays of its own, outside any store

    def __repr__(self) -> str:
        return f"Parameter(shape={show_shape(self.shape)}, dtype={self.dtype}, requires_grad={self.requires_grad})"


class Buffer:
    """State of a layer that is kept and saved but not trained, such as a running mean; written only by ``assign``.

    ``assign`` replaces the array and never writes into the old one, so whoever holds the old value keeps it.

    Example:
        >>> running_mean = Buffer(np.zeros(3))
        >>> running_mean.assign(np.ones(3))
        >>> running_mean.data.tolist()
        [1.0, 1.0, 1.0]
    """

    def __init__(self, data: npt.ArrayLike, *, dtype: npt.DTypeLike = np.float32) -> None:
        self.data: Array = np.array(data, dtype=dtype)

    def assign(self, value: npt.ArrayLike) -> None:
        """Take a copy of ``value``, of the same shape, as the new value.

        Raises: ShapeError for another shape.
        """
        new = np.array(value, dtype=self.data.dtype)
        if new.shape != self.data.shape:
            raise ShapeError(f"Buffer expected a value of shape {show_shape(self.data.shape)}, "
                             f"got {show_shape(new.shape)}")
        self.data = new

    def astype(self, dtype: npt.DTypeLike) -> None:
        """Change the dtype of floating-point state; counters stay what they are."""
        if self.data.dtype.kind == "f":
            self.data = self.data.astype(dtype, copy=False)

    def __repr__(self) -> str:
        return f"Buffer(shape={show_shape(self.data.shape)}, dtype={self.data.dtype})"
