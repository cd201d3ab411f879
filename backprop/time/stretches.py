"""Recurrent layers that go back through time in another way: stretch by stretch, or in little memory."""

from math import prod
from typing import Any, NamedTuple

import numpy as np

from ...layers.core import (
    Array,
    Description,
    Entry,
    Layer,
    Shape,
    ValueRangeError,
    call,
    call_back,
    check_size,
    flatten,
)
from ...layers.recurrent.sequence import RNNBase
from .checkpointed import CheckpointedTime

__all__ = ["CheckpointedLayer", "TruncatedLayer"]


class Stretches(Layer):
    """What both have in common: a recurrent layer, RNN, LSTM or GRU, in one direction, and its axis of time."""

    layer: Layer
    axis: int

    def __init__(self, layer: Layer) -> None:
        inner = layer.layer if isinstance(layer, Stretches) else layer
        if not isinstance(inner, RNNBase) or inner.bidirectional:
            raise ValueRangeError(f"{type(self).__name__} expected RNN, LSTM or GRU in one direction, got "
                                  f"{inner.title}; what reads backwards needs the whole sequence")
        self.layer = layer
        self.axis = int(inner.batch_first)

    def describe(self, *x_shapes: Any) -> Description:
        """The layer's own description."""
        return self.layer.describe(*self._whole(*x_shapes))

    def _whole(self, x: Any, hx: Any = None, lengths: Any = None) -> tuple[Any, ...]:
        """Return what is given, arrays or shapes, if it is what both can do."""
        shape = x if isinstance(x, tuple) else x.shape
        if len(shape) != 3 or np.size(() if lengths is None else lengths):
            raise ValueRangeError(f"{type(self).__name__} expected sequences of one length in a batch, x of three axes "
                                  f"and no lengths, got x of shape {shape}")
        return (x,) if hx is None else (x, hx)


class TruncatedCache(NamedTuple):
    """The entries of all stretches, where they begin but for the first, and how many states were given."""

    entries: tuple[Entry, ...]
    begin: tuple[int, ...]
    states: int


class TruncatedLayer(Stretches):
    """A recurrent layer whose gradient is cut off every ``steps`` steps; its forward pass is the layer's own.

    Shapes:
        as the layer: (L, N, size), or (N, L, size) with batch_first

    Gradients:
        the layer's, but zero where a stretch of ``steps`` hands its state to the next

    Source: Williams & Peng 1990, with updates after whole sequences.

    Example:
        >>> from chainrule.backprop import TruncatedLayer
        >>> rnn = TruncatedLayer(GRU(3, 4), steps=3)
        >>> y, h = rnn.forward(np.ones((8, 2, 3), np.float32))
        >>> grad_x = rnn.backward((None, np.ones_like(h)))
        >>> grad_x.any(axis=(1, 2)).tolist()
        [False, False, False, False, False, False, True, True]
    """

    def __init__(self, layer: Layer, steps: int) -> None:
        super().__init__(layer)
        self.steps = check_size(steps, "steps", "TruncatedLayer")

    def forward(self, x: Array, hx: Any = None, lengths: Any = None) -> tuple[Array, Any]:
        self._whole(x, hx, lengths)
        self.cache, state = None, hx
        begin = tuple(range(self.steps, x.shape[self.axis], self.steps))
        outputs, entries = [], []
        for part in np.split(x, begin, self.axis):
            (output, state), entry = call(self.layer, part, state, at=(self, "layer"))
            outputs.append(output)
            entries.append(entry)
        self.cache = TruncatedCache(tuple(entries), begin, 0 if hx is None else len(flatten(hx)))
        return np.concatenate(outputs, self.axis), state

    def backward(self, grad_out: Any) -> Any:
        entries, begin, states = self.saved()
        grad_y, *grads = flatten(grad_out)
        parts = [None] * len(entries) if grad_y is None else np.split(grad_y, begin, self.axis)
        found = []
        for entry, part in zip(reversed(entries), reversed(parts), strict=True):
            grad, *first = flatten(call_back(self.layer, entry, (part, *grads), at=(self, "layer"),
                                             needs_input_grad=self.needs_input_grad))
            grads = [None] * len(grads)
            found.append(grad)
        if not self.needs_input_grad:
            return None
        grad_x = np.concatenate(found[::-1], self.axis)
        return (grad_x, *first) if states else grad_x


class CheckpointedLayer(Stretches):
    """A recurrent layer that keeps ``slots`` of its states at a time, and runs the steps between again on the way back.

    The numbers are those of the layer but for rounding, in memory of ``slots`` states beside input and output.

    Shapes:
        as the layer: (L, N, size), or (N, L, size) with batch_first

    Gradients:
        the layer's

    Cost: the layer's, step by step, with ``TimePlan(L, slots).steps()`` forward steps in the place of L

    Source: Gruslys et al. 2016, "Memory-efficient backpropagation through time".

    Example:
        >>> from chainrule.backprop import CheckpointedLayer
        >>> lstm, x = LSTM(3, 4), np.ones((40, 2, 3), np.float32)
        >>> bool(np.allclose(CheckpointedLayer(lstm, slots=3).forward(x)[0], lstm.forward(x)[0]))
        True
    """

    def __init__(self, layer: Layer, slots: int) -> None:
        super().__init__(layer)
        self.slots = check_size(slots, "slots", "CheckpointedLayer")
        self._steps = CheckpointedTime(_OneStep(self.layer, self.axis), slots)

    def forward(self, x: Array, hx: Any = None, lengths: Any = None) -> tuple[Array, Any]:
        self._whole(x, hx, lengths)
        given = None if hx is None else (None, *flatten(hx))
        (y, (_, *state)), self.cache = call(self._steps, x.swapaxes(0, self.axis), given, at=(self, "walk"))
        return y.swapaxes(0, self.axis), _nested(state)

    def backward(self, grad_out: Any) -> Any:
        entry = self.saved()
        grad_y, *grads = flatten(grad_out)
        grad_y = None if grad_y is None else grad_y.swapaxes(0, self.axis)
        found = call_back(self._steps, entry, (grad_y, None, *grads), at=(self, "walk"),
                          needs_input_grad=self.needs_input_grad)
        if found is None:
            return None
        grad_x, *states = flatten(found)
        return (grad_x.swapaxes(0, self.axis), *states[1:]) if states else grad_x.swapaxes(0, self.axis)

    def describe(self, *x_shapes: Any) -> Description:
        """The layer's own description, but for what is kept: ``x`` and the states in the slots."""
        whole = super().describe(*x_shapes)
        x_shape = x_shapes[0]
        steps = self._steps.describe((x_shape[self.axis], x_shape[1 - self.axis], x_shape[2]))
        return self.description(*whole.y_shapes, multiply_adds=steps.multiply_adds, kept=steps.kept, field=whole.field)


class _OneStep(Layer):
    """One step of a recurrent layer as a cell: (output, *states) from ``x`` (N, size) and the step before's."""

    def __init__(self, layer: Layer, axis: int) -> None:
        self.layer = layer
        self.axis = axis

    def forward(self, x: Array, hx: Any = None) -> tuple[Array, ...]:
        given = () if hx is None else (_nested(hx[1:]),)
        (output, state), self.cache = call(self.layer, np.expand_dims(x, self.axis), *given, at=(self, "layer"))
        return (output.squeeze(self.axis), *flatten(state))

    def backward(self, grad_out: Any) -> Any:
        entry = self.saved()
        grad_y, *grads = grad_out
        grad_y = None if grad_y is None else np.expand_dims(grad_y, self.axis)
        grad_x, *states = flatten(call_back(self.layer, entry, (grad_y, *grads), at=(self, "layer")))
        grad_x = grad_x.squeeze(self.axis)
        return (grad_x, None, *states) if states else grad_x

    def describe(self, *x_shapes: Any) -> Description:
        """The layer's for sequences of one step."""
        (batch, size), *hx_shape = x_shapes
        shape: Shape = (1, batch, size) if self.axis == 0 else (batch, 1, size)
        states = hx_shape[0][1:] if hx_shape else ()
        one = self.layer.describe(shape, *([_nested(states)] if states else []))
        output = (batch, prod(one.y_shapes[0]) // batch)
        return self.description(output, *one.y_shapes[1:], multiply_adds=one.multiply_adds, kept=one.kept,
                                field=None)


def _nested(states: Any) -> Any:
    return states[0] if len(states) == 1 else tuple(states)
