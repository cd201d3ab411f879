"""Running a forward pass again exactly as it ran: recomputation and finite differences both need it."""

from collections.abc import Callable
from typing import Any

import numpy as np

from .layer import Layer
from .random import default_rng
from .walk import members

__all__ = ["replay"]


def replay(layer: Layer) -> Callable[..., Any]:
    """Return a function that runs ``layer.forward(*x)`` from the state that holds *now*, however often it is called.

    Take it before the run to be repeated. Each call rewinds the generators that the layer draws from and the buffers
    to what they were now, runs forward, and puts generators and buffers back where the call found them: a repetition
    draws the same dropout mask and leaves no trace in running statistics. The cache is the repetition's own.

    Example:
        >>> dropout = chainrule.layers.Dropout(0.5)
        >>> again = replay(dropout)
        >>> y = dropout.forward(np.ones(100, np.float32))
        >>> bool((again(np.ones(100, np.float32)) == y).all())
        True
    """
    start = _state(layer)

    def again(*x: Any) -> Any:
        now = _state(layer)
        _restore(start)
        try:
            return layer.forward(*x)
        finally:
            _restore(now)

    return again


_State = tuple[list[tuple[np.random.Generator, Any]], list[tuple[Any, Any]]]


def _state(layer: Layer) -> _State:
    generators = [default_rng()]
    for _, each in layer.named_layers():
        generators += [generator for _, generator in members(each, np.random.Generator)]
    return ([(generator, generator.bit_generator.state) for generator in generators],
            [(buffer, buffer.data) for _, buffer in layer.named_buffers()])


def _restore(state: _State) -> None:
    generators, buffers = state
    for generator, position in generators:
        generator.bit_generator.state = position
    for buffer, data in buffers:
        buffer.data = data      # the array itself: assign never writes into the old one
