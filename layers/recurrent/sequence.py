"""Recurrent networks over sequences: layers on top of each other, each in one direction or in both."""

from math import prod
from typing import Any, NamedTuple

import numpy as np

from ..core import Array, Description, Kept, Layer, Shape, as_dtype, check_range, check_shape, check_size, total
from ..dropout import Dropout
from .lengths import arrange, check_lengths
from .recurrence import Recurrence, Trace, add_parameters
from .states import check_gradients, check_states, nested

__all__ = ["RNNBase"]


class RNNCache(NamedTuple):
    """The walks of every layer, what dropout kept between them, and what the way back must know of the inputs."""

    traces: tuple[tuple[Trace, ...], ...]
    dropouts: tuple[Any, ...]
    lengths: Array | None
    x_shape: Shape
    dtype: np.dtype[np.generic]
    state_dtypes: tuple[np.dtype[np.generic], ...]


class RNNBase(Layer):
    """What RNN, LSTM and GRU share: all but the step. States go in and come out, nothing carries over between calls."""

    def __init__(self, kind: type[Recurrence], input_size: int, hidden_size: int, num_layers: int, bias: bool,
                 batch_first: bool, dropout: float, bidirectional: bool, proj_size: int = 0, *,
                 rng: np.random.Generator | None) -> None:
        owner = type(self).__name__
        self.kind = kind
        self.input_size = check_size(input_size, "input_size", owner)
        self.hidden_size = check_size(hidden_size, "hidden_size", owner)
        self.num_layers = check_size(num_layers, "num_layers", owner)
        self.bias, self.batch_first, self.bidirectional, self.proj_size = bias, batch_first, bidirectional, proj_size
        self.dropout = check_range(dropout, 0, 1, name="dropout", owner=owner)
        self.rng = rng
        self.width = (proj_size or hidden_size) * (1 + bidirectional)
        for layer, suffixes in enumerate(self._suffixes()):
            for suffix in suffixes:
                add_parameters(self, suffix, kind.gates, self.width if layer else input_size, hidden_size, bias,
                               proj_size, rng)

    def forward(self, x: Array, hx: Any = None, lengths: Any = None) -> tuple[Array, Any]:
        given, lengths = self._check(x, hx, lengths)
        layers = self._layers()
        y = self._time_first(as_dtype(x, layers[0][0].weight_ih.dtype))
        length, batch, _ = y.shape
        rows = arrange(lengths, length, batch)
        states = [state.reshape(len(state), batch, -1)[:, rows.order] for state in given]
        y = rows.clear(np.ascontiguousarray(y[:, rows.order]))
        between = self._between()
        traces: list[tuple[Trace, ...]] = []
        dropouts: list[Any] = []
        for number, directions in enumerate(layers):
            if number:
                y = between.forward(y)
                dropouts.append(between.cache)
            traces.append(tuple(each.forward(y, self._of(states, number, way) or each.zeros(), rows.alive)
                                for way, each in enumerate(directions)))
            y = rows.clear(np.concatenate([each.outputs(trace) for each, trace in zip(directions, traces[-1], strict=True)],
                                          axis=2))
        ends = [each.ends(trace) for directions, here in zip(layers, traces, strict=True)
                for each, trace in zip(directions, here, strict=True)]
        _, *shapes = self._y_shapes(x.shape)
        self.cache = RNNCache(tuple(traces), tuple(dropouts), lengths, x.shape, x.dtype,
                              tuple(state.dtype for state in given))
        return self._as_given(y[:, rows.back], x.shape), nested(
            [np.stack(end)[:, rows.back].reshape(shape) for end, shape in zip(zip(*ends, strict=True), shapes, strict=True)])
