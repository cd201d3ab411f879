"""One step of a recurrent network as a layer: a walk over time that is one step long."""

from typing import Any, NamedTuple

import numpy as np

from ..core import Array, Description, Kept, Layer, Parameter, Shape, Size, as_dtype, check_shape, check_size, flatten
from .recurrence import Recurrence, Trace, add_parameters
from .states import check_gradients, check_states, nested, owned, regrouped
from .tangent import walk_back_jvp, walk_jvp

__all__ = ["RNNCellBase"]


class RNNCellCache(NamedTuple):
    """The walk, shape and dtype of ``x``, and the dtypes of the states that were given."""

    trace: Trace
    x_shape: Shape
    dtype: np.dtype[np.generic]
    state_dtypes: tuple[np.dtype[np.generic], ...]


class RNNCellBase(Layer):
    """What the cells share: states go in and come out, nothing carries over between calls."""

    weight_ih: Parameter
    weight_hh: Parameter
    bias_ih: Parameter | None
    bias_hh: Parameter | None

    def __init__(self, kind: type[Recurrence], input_size: Size, hidden_size: Size, bias: bool, *,
                 rng: np.random.Generator | None) -> None:
        owner = type(self).__name__
        self.kind = kind
        self.input_size = check_size(input_size, "input_size", owner)
        self.hidden_size = check_size(hidden_size, "hidden_size", owner)
        self.bias = bias
        add_parameters(self, "", kind.gates, input_size, hidden_size, bias, rng=rng)

    def forward(self, x: Array, hx: Any = None) -> Any:
        given, dtype = self._check(x, hx), self.weight_ih.dtype
        steps = np.ascontiguousarray(as_dtype(x, dtype)).reshape(1, -1, self.input_size)
        states = owned(given, self._y_shapes(x.shape), dtype)
        trace = self.kind(self).forward(steps, [self._rows(state) for state in states], [steps.shape[1]])
        self.cache = RNNCellCache(trace, x.shape, x.dtype, tuple(state.dtype for state in given))
        return nested(states)

    def backward(self, grad_out: Any) -> Any:
        trace, x_shape, dtype, state_dtypes = self.saved()
        shapes = self._y_shapes(x_shape)
        grads = owned(check_gradients(grad_out, self.kind.state_names, shapes, self), shapes, trace.x.dtype)
        grad_x = self.kind(self).backward(trace, None, [self._rows(grad) for grad in grads], [trace.x.shape[1]],
                                          self.needs_input_grad)
        if grad_x is None:
            return None
        grad_x = as_dtype(grad_x.reshape(x_shape), dtype)
        return (grad_x, *map(as_dtype, grads, state_dtypes)) if state_dtypes else grad_x

    def jvp(self, x_dot: Array | None, *hx_dot: Any) -> Any:
        trace, x_shape, _, _ = self.point()
        dtype = trace.x.dtype
        (steps_dot,) = owned([x_dot], [x_shape], dtype)
        states_dot = owned(flatten(hx_dot), self._y_shapes(x_shape), dtype)
        self.tangent = walk_jvp(self.kind(self), trace, steps_dot.reshape(trace.x.shape),
                                [self._rows(state) for state in states_dot], [trace.x.shape[1]])
        return nested(states_dot)

    def backward_jvp(self, grad_out: Any, grad_out_dot: Any) -> tuple[Any, Any]:
        trace, x_shape, dtype, state_dtypes = self.saved()
        shapes, y_dtype = self._y_shapes(x_shape), trace.x.dtype
        grads = owned(check_gradients(grad_out, self.kind.state_names, shapes, self), shapes, y_dtype)
        grads_dot = owned(() if grad_out_dot is None else flatten(grad_out_dot), shapes, y_dtype)
        none = np.zeros((1, trace.x.shape[1], self.hidden_size), y_dtype)
        pair = walk_back_jvp(self.kind(self), trace, self.saved_tangent(), none, none,
                             [self._rows(grad) for grad in grads], [self._rows(grad) for grad in grads_dot],
                             [trace.x.shape[1]])
        grad_x, grad_x_dot = (as_dtype(each.reshape(x_shape), dtype) for each in pair)
        if not state_dtypes:
            return grad_x, grad_x_dot
        return (grad_x, *map(as_dtype, grads, state_dtypes)), (grad_x_dot, *map(as_dtype, grads_dot, state_dtypes))

    def describe(self, *x_shapes: Any) -> Description:
        """Input, gates and states are kept; the shapes are those of x and, if it is given, of hx, nested as hx is."""
        x_shape, hx_shape, _ = regrouped(x_shapes, len(self.kind.state_names))
        self._check(x_shape, hx_shape)
        recurrence, batch = self.kind(self), x_shape[0] if len(x_shape) == 2 else 1
        return self.description(*self._y_shapes(x_shape), multiply_adds=batch * recurrence.multiply_adds(), field=None,
                                kept=(Kept("x0", batch * self.input_size), *recurrence.memory(1, batch)))

    def _check(self, x: Any, hx: Any) -> tuple[Any, ...]:
        x_shape: Shape = x if isinstance(x, tuple) else np.shape(x)
        check_shape(x, (self.input_size,) if len(x_shape) == 1 else ("N", self.input_size), name="x", owner=self)
        return check_states(hx, self._y_shapes(x_shape), self)

    def _y_shapes(self, x_shape: Shape) -> list[Shape]:
        return [(*x_shape[:-1], self.hidden_size)] * len(self.kind.state_names)

    def _rows(self, state: Array) -> Array:
        return state.reshape(1, -1, self.hidden_size)       # (N, H) or (H,) -> (1, N, H)
