"""One step of a recurrent network as a layer: a walk over time that is one step long."""

from typing import Any, NamedTuple

import numpy as np

from ..core import Array, Description, Kept, Layer, Parameter, Shape, as_dtype, check_shape, check_size
from .recurrence import Recurrence, Trace, add_parameters
from .states import check_gradients, check_states, nested

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

    def __init__(self, kind: type[Recurrence], input_size: int, hidden_size: int, bias: bool, *,
                 rng: np.random.Generator | None) -> None:
        owner = type(self).__name__
        self.kind = kind
        self.input_size = check_size(input_size, "input_size", owner)
        self.hidden_size = check_size(hidden_size, "hidden_size", owner)
        self.bias = bias
        add_parameters(self, "", kind.gates, input_size, hidden_size, bias, rng=rng)

    def forward(self, x: Array, hx: Any = None) -> Any:
        given, recurrence = self._check(x, hx), self.kind(self)
        steps = np.ascontiguousarray(as_dtype(x, self.weight_ih.dtype)).reshape(1, -1, self.input_size)
        trace = recurrence.forward(steps, given or recurrence.zeros(), [steps.shape[1]])
        self.cache = RNNCellCache(trace, x.shape, x.dtype, tuple(state.dtype for state in given))
        return nested([end.reshape(self._state_shape(x.shape)).copy() for end in recurrence.ends(trace)])

    def backward(self, grad_out: Any) -> Any:
        (trace, x_shape, dtype, state_dtypes), recurrence = self.saved(), self.kind(self)
        shape = self._state_shape(x_shape)
        names = [f"grad_{name}" for name in self.kind.state_names]
        grads = [np.zeros_like(end) for end in recurrence.ends(trace)]
        for grad, given in zip(grads, check_gradients(grad_out, names, [shape] * len(names), self), strict=True):
            grad[...] = 0 if given is None else given
        grad_x = recurrence.backward(trace, None, grads, [len(grads[0])], self.needs_input_grad)
        if grad_x is None:
            return None
        grad_x = as_dtype(grad_x.reshape(x_shape), dtype)
        grad_states = [as_dtype(grad.reshape(shape), each) for grad, each in zip(grads, state_dtypes, strict=False)]
        return (grad_x, *grad_states) if grad_states else grad_x

    def describe(self, x_shape: Shape, hx_shape: Any = ()) -> Description:
        """Input, gates and states are kept."""
        self._check(x_shape, hx_shape)
        recurrence, batch = self.kind(self), x_shape[0] if len(x_shape) == 2 else 1
        return self.description(*[self._state_shape(x_shape)] * len(recurrence.sizes), field=None,
                                multiply_adds=batch * recurrence.multiply_adds(),
                                kept=(Kept("x0", batch * self.input_size), *recurrence.kept(1, batch)))

    def _check(self, x: Any, hx: Any) -> tuple[Any, ...]:
        x_shape: Shape = x if isinstance(x, tuple) else np.shape(x)
        check_shape(x, (self.input_size,) if len(x_shape) == 1 else ("N", self.input_size), name="x", owner=self)
        return check_states(hx, [self._state_shape(x_shape)] * len(self.kind.state_names), self)

    def _state_shape(self, x_shape: Shape) -> Shape:
        return (*x_shape[:-1], self.hidden_size)
