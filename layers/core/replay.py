"""Running a forward pass again exactly as it ran: recomputation and finite differences both need it."""

from collections.abc import Callable
from typing import Any

import numpy as np

from .layer import Layer
from .random import default_rng
from .walk import members

__all__ = ["replay", "rewinding"]


def replay(layer: Layer) -> Callable[..., Any]:
    """Return a function that runs ``layer.forward(*x)`` from the state that holds *now*, however often it is called.

    Take it before the run to be repeated. Each call rewinds the generators that the layer draws from, the buffers and
    the modes (training or evaluation) to what they were now, runs forward, and puts all of them back where the call
    found them: a repetition draws the same dropout mask and leaves no trace in running statistics. The cache is the
    repetition's own.

    Example:
        >>> dropout = chainrule.layers.Dropout(0.5)
        >>> again = replay(dropout)
        >>> y = dropout.forward(np.ones(100, np.float32))
        >>> bool((again(np.ones(100, np.float32)) == y).all())
        True
    """
    rewind = rewinding(layer)

    def again(*x: Any) -> Any:
        put_back = rewinding(layer)
        rewind()
        try:
            return layer.forward(*x)
        finally:
            put_back()

    return again


def rewinding(layer: Layer) -> Callable[[], None]:
    """Return a function that puts the generators ``layer`` draws from, buffers and modes back to what they are now.

    Example:
        >>> from chainrule.layers.core import rewinding
        >>> dropout, x = chainrule.layers.Dropout(0.5), np.ones(100, np.float32)
        >>> rewind = rewinding(dropout)
        >>> y = dropout.forward(x)
        >>> rewind()
        >>> bool((dropout.forward(x) == y).all())
        True
    """
    generators = [default_rng()]
    for _, each in layer.named_layers():
        generators += [generator for _, generator in members(each, np.random.Generator)]
    positions = [(generator, generator.bit_generator.state) for generator in generators]
    modes = [(each, each.training) for _, each in layer.named_layers()]
    buffers = [(buffer, buffer.data) for _, buffer in layer.named_buffers()]

    def rewind() -> None:
        for generator, position in positions:
            generator.bit_generator.state = position
        for each, mode in modes:
            each.training = mode
        for buffer, data in buffers:
            buffer.data = data      # the array itself: assign never writes into the old one

    return rewind

