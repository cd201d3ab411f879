"""Recurrent networks over sequences: layers on top of each other, each in one direction or in both."""

from collections.abc import Callable
from itertools import count
from math import prod
from typing import Any, NamedTuple

import numpy as np

from ..core import (
    Array,
    Description,
    Kept,
    Layer,
    Shape,
    Share,
    Size,
    as_dtype,
    check_range,
    check_shape,
    check_size,
    flatten,
    total,
)
from ..dropout import Dropout
from .lengths import arrange, check_lengths
from .recurrence import Recurrence, Trace, add_parameters
from .states import check_gradients, check_states, nested, owned, regrouped
from .tangent import walk_back_jvp, walk_jvp

__all__ = ["RNNBase"]


class RNNCache(NamedTuple):
    """Every walk, what dropout kept between the layers, and what the way back must know of the inputs."""

    traces: tuple[Trace, ...]
    dropouts: tuple[Any, ...]
    lengths: Array | None
    x_shape: Shape
    dtype: np.dtype[np.generic]
    state_dtypes: tuple[np.dtype[np.generic], ...]


class RNNBase(Layer):
    """What RNN, LSTM and GRU share: all but the step. States go in and come out, nothing carries over between calls."""

    def __init__(self, kind: type[Recurrence], input_size: Size, hidden_size: Size, num_layers: Size, bias: bool,
                 batch_first: bool, dropout: Share, bidirectional: bool, proj_size: int = 0, *,
                 rng: np.random.Generator | None) -> None:
        owner = type(self).__name__
        self.kind = kind
        self.input_size = check_size(input_size, "input_size", owner)
        self.hidden_size = check_size(hidden_size, "hidden_size", owner)
        self.num_layers = check_size(num_layers, "num_layers", owner)
        self.bias, self.batch_first, self.bidirectional, self.proj_size = bias, batch_first, bidirectional, proj_size
        self.dropout = check_range(dropout, 0, 1, name="dropout", owner=owner)
        self.rng = rng
        self.directions = ("", "_reverse") if bidirectional else ("",)
        self.output_size = (proj_size or hidden_size) * len(self.directions)
        for layer in range(num_layers):
            for direction in self.directions:
                add_parameters(self, f"_l{layer}{direction}", kind.gates, self.output_size if layer else input_size,
                               hidden_size, bias, proj_size, rng)

    def forward(self, x: Array, hx: Any = None, lengths: Any = None) -> tuple[Array, Any]:
        given, shapes = self._check(x, hx), self._state_shapes(x.shape)
        layers, between = self._layers(), self._between()
        dtype = layers[0][0].weight_ih.dtype
        y = self._time_first(as_dtype(x, dtype))
        length, batch, _ = y.shape
        lengths = None if lengths is None else check_lengths(lengths, batch, length, self)
        rows = arrange(lengths, length, batch)
        y = rows.clear(np.ascontiguousarray(y[:, rows.order]))
        states = [_batched(state, batch)[:, rows.order] for state in owned(given, shapes, dtype)]
        traces: list[Trace] = []
        dropouts: list[Any] = []
        for walks in layers:
            if traces:
                y = between.forward(y)
                dropouts.append(between.cache)
            here = [walk.forward(y, states, rows.alive) for walk in walks]
            y = rows.clear(np.concatenate([walk.outputs(trace) for walk, trace in zip(walks, here, strict=True)], 2))
            traces += here
        self.cache = RNNCache(tuple(traces), tuple(dropouts), lengths, x.shape, x.dtype,
                              tuple(state.dtype for state in given))
        return self._as_given(y[:, rows.back], x.shape), nested(
            [state[:, rows.back].reshape(shape) for state, shape in zip(states, shapes, strict=True)])

    def backward(self, grad_out: Any) -> Any:
        traces, dropouts, lengths, x_shape, x_dtype, state_dtypes = self.saved()
        shapes, (length, batch, _), dtype = self._state_shapes(x_shape), traces[0].x.shape, traces[0].x.dtype
        names = ("output", *(f"{name}_n" for name in self.kind.state_names))
        grad_y, *grad_states = check_gradients(grad_out, names, (self._output_shape(x_shape), *shapes), self)
        rows = arrange(lengths, length, batch)
        grads = [_batched(state, batch)[:, rows.order] for state in owned(grad_states, shapes, dtype)]
        grad = None if grad_y is None else self._time_first(as_dtype(grad_y, dtype))[:, rows.order]
        layers, between = self._layers(), self._between()
        for number in reversed(range(self.num_layers)):
            walks, needed = layers[number], number > 0 or self.needs_input_grad
            parts = [None] * len(walks) if grad is None else np.split(grad, len(walks), axis=2)
            grad = total(*(walk.backward(traces[walk.number], part, grads, rows.alive, needed)
                           for walk, part in zip(walks, parts, strict=True)))
            if number and grad is not None:
                between.cache = dropouts[number - 1]
                grad = between.backward(grad)
        if grad is None:
            return None
        grad_x = as_dtype(self._as_given(grad[:, rows.back], x_shape), x_dtype)
        grad_hx = tuple(as_dtype(state[:, rows.back].reshape(shape), each)
                        for state, shape, each in zip(grads, shapes, state_dtypes, strict=False))
        return self._answer(grad_x, grad_hx, lengths)

    def jvp(self, x_dot: Array | None, *context_dot: Any) -> tuple[Array, Any]:
        traces, dropouts, lengths, x_shape, _, _ = self.point()
        shapes, (length, batch, _), dtype = self._state_shapes(x_shape), traces[0].x.shape, traces[0].x.dtype
        rows = arrange(lengths, length, batch)
        (given_dot,) = owned([x_dot], [x_shape], dtype)
        y_dot = rows.clear(np.ascontiguousarray(self._time_first(given_dot)[:, rows.order]))
        states_dot = [_batched(state, batch)[:, rows.order]
                      for state in owned(flatten(context_dot)[:len(shapes)], shapes, dtype)]
        tangents: list[Trace] = []
        for number, walks in enumerate(self._layers()):
            if number:
                y_dot = self._visit(dropouts[number - 1], Dropout.jvp, y_dot)
            here = [walk_jvp(walk, traces[walk.number], y_dot, states_dot, rows.alive) for walk in walks]
            y_dot = rows.clear(np.concatenate([walk.outputs(dot) for walk, dot in zip(walks, here, strict=True)], 2))
            tangents += here
        self.tangent = tuple(tangents)
        return self._as_given(y_dot[:, rows.back], x_shape), nested(
            [state[:, rows.back].reshape(shape) for state, shape in zip(states_dot, shapes, strict=True)])

    def backward_jvp(self, grad_out: Any, grad_out_dot: Any) -> tuple[Any, Any]:
        (traces, dropouts, lengths, x_shape, x_dtype, state_dtypes), tangents = self.saved(), self.saved_tangent()
        shapes, (length, batch, _), dtype = self._state_shapes(x_shape), traces[0].x.shape, traces[0].x.dtype
        names = ("output", *(f"{name}_n" for name in self.kind.state_names))
        every = (self._output_shape(x_shape), *shapes)
        check_gradients(grad_out, names, every, self)
        rows = arrange(lengths, length, batch)
        both = [owned(() if each is None else flatten(each), every, dtype) for each in (grad_out, grad_out_dot)]
        pair = [self._time_first(grads[0])[:, rows.order] for grads in both]
        states, states_dot = ([_batched(grad, batch)[:, rows.order] for grad in grads[1:]] for grads in both)
        for number, walks in reversed(list(enumerate(self._layers()))):
            parts = zip(*(np.split(each, len(walks), axis=2) for each in pair), strict=True)
            found = [walk_back_jvp(walk, traces[walk.number], tangents[walk.number], part, part_dot, states,
                                   states_dot, rows.alive)
                     for walk, (part, part_dot) in zip(walks, parts, strict=True)]
            pair = [np.sum(each, axis=0) for each in zip(*found, strict=True)]
            if number:
                pair = [self._visit(dropouts[number - 1], Dropout.backward, each) for each in pair]
        results = []
        for grad, its_states in zip(pair, (states, states_dot), strict=True):
            grad_x = as_dtype(self._as_given(grad[:, rows.back], x_shape), x_dtype)
            grad_hx = tuple(as_dtype(state[:, rows.back].reshape(shape), each)
                            for state, shape, each in zip(its_states, shapes, state_dtypes, strict=False))
            results.append(self._answer(grad_x, grad_hx, lengths))
        return results[0], results[1]

    def describe(self, *x_shapes: Any) -> Description:
        """Every layer keeps its input, every walk its gates and states; () stands for an hx that is not given."""
        x_shape, hx_shape, lengths_shape = regrouped(x_shapes, len(self.kind.state_names))
        self._check(x_shape, hx_shape)
        length, batch = self._sizes(x_shape)
        if lengths_shape:
            check_shape(lengths_shape, (batch,), name="lengths", owner=self)
        rearranged = bool(lengths_shape) or (self.batch_first and min(length, batch) > 1)
        kept = [Kept("lengths", batch, 8)] if lengths_shape else []
        work = 0
        for number, walks in enumerate(self._layers()):
            shape = (length, batch, self.output_size if number else self.input_size)
            kept.append(Kept(f"x_l{number}" if number or rearranged else "x0", prod(shape)))
            if number:
                kept += [each._replace(name=f"{each.name}_l{number}") for each in self._between().describe(shape).kept]
            for walk in walks:
                kept += walk.memory(length, batch)
                work += length * batch * walk.multiply_adds()
        return self.description(self._output_shape(x_shape), *self._state_shapes(x_shape), multiply_adds=work,
                                kept=tuple(kept), field=None)

    def _check(self, x: Any, hx: Any) -> tuple[Any, ...]:
        x_shape: Shape = x if isinstance(x, tuple) else np.shape(x)
        axes = ("L",) if len(x_shape) == 2 else ("N", "L") if self.batch_first else ("L", "N")
        check_shape(x, (*axes, self.input_size), name="x", owner=self)
        return check_states(hx, self._state_shapes(x_shape), self)

    def _output_shape(self, x_shape: Shape) -> Shape:
        return (*x_shape[:-1], self.output_size)

    def _state_shapes(self, x_shape: Shape) -> list[Shape]:
        batch = () if len(x_shape) == 2 else self._sizes(x_shape)[1:]
        sizes = (self.proj_size or self.hidden_size, self.hidden_size)[:len(self.kind.state_names)]
        return [(self.num_layers * len(self.directions), *batch, size) for size in sizes]

    def _sizes(self, x_shape: Shape) -> tuple[int, int]:
        """Return length and batch."""
        length, batch = (x_shape[0], 1) if len(x_shape) == 2 else x_shape[:2]
        return (batch, length) if self.batch_first and len(x_shape) == 3 else (length, batch)

    def _layers(self) -> list[list[Recurrence]]:
        """Return the walks of every layer, which number the rows of the states."""
        numbers = count()
        return [[self.kind(self, f"_l{layer}{direction}", next(numbers)) for direction in self.directions]
                for layer in range(self.num_layers)]

    def _between(self) -> Dropout:
        """Return the dropout between two layers."""
        return Dropout(self.dropout, rng=self.rng).train(self.training)

    def _visit(self, mask: Any, method: Callable[[Dropout, Array], Any], y: Array) -> Array:
        """Return what the dropout between two layers makes of tangents or gradients, with the mask it kept."""
        between = self._between()
        between.cache = mask
        return np.asarray(method(between, y))

    def _answer(self, grad_x: Array, grad_hx: tuple[Array, ...], lengths: Array | None) -> Any:
        """Return the gradients as they were asked for: nothing for hx not given, nor for lengths."""
        if lengths is not None:
            return (grad_x, *(grad_hx or (None,)), None)
        return (grad_x, *grad_hx) if grad_hx else grad_x

    def _time_first(self, x: Array) -> Array:
        return x[:, None] if x.ndim == 2 else x.swapaxes(0, 1) if self.batch_first else x     # -> (L, N, size)

    def _as_given(self, y: Array, x_shape: Shape) -> Array:
        return y[:, 0] if len(x_shape) == 2 else y.swapaxes(0, 1) if self.batch_first else y


def _batched(state: Array, batch: int) -> Array:
    return state.reshape(len(state), batch, state.shape[-1])        # also without a batch
