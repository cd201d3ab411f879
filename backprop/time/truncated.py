"""Truncated backpropagation through time: an update every k1 steps, whose gradient goes back k2 steps at most."""

from collections.abc import Iterator
from typing import Protocol

import numpy as np

from ...layers.core import Array, Layer, ValueRangeError, call, check_size, inference
from ...losses import Loss
from ...optim import Optimizer, clip_grad_norm_
from .overlapping import Overlapping, State, Window, windows

__all__ = ["Boundary", "TruncatedBPTT", "stream_loss"]


class Boundary(Protocol):
    """What stands in for the gradient that truncation cuts off, such as a synthetic gradient."""

    def gradient(self, state: State) -> tuple[Array | None, ...]:
        """Return the gradient of what is still to come for the state at the end of a window; None for zero."""

    def learn(self, state: State, grads: tuple[Array | None, ...]) -> None:
        """Learn that this was the gradient for the state at the beginning of a window."""


class TruncatedBPTT:
    """Trains a recurrent network along streams, ``scores, *state = model.forward(x, *state)``, window by window.

    The state goes on from window to window as an array; its gradient does not: that is the truncation. A window that
    overlaps the one before runs again from the state at its beginning with the weights of now.

    Shapes:
        x:      (N, T, …), N streams of T steps
        y:      (N, T, …)
        scores: time is axis ``scores_axis``: the last one of (N, classes, T)
        state:  arrays (layers, N, size), as the network's; none at the beginning of a stream

    Attributes:
        k1, k2:   steps from update to update, and steps that a gradient goes back; k2 = k1 if not given
        max_norm: the length to which gradients are clipped; None: not at all
        boundary: what gives the gradient at the end of a window (``SyntheticBoundary``); None: zero. Needs k2 = k1.

    Source: Williams & Peng 1990, BPTT(h; h'), here (k2; k1); Sutskever 2013, section 2.8.6.

    Example:
        >>> from chainrule.backprop import TruncatedBPTT
        >>> from chainrule.models.zoo import char_rnn
        >>> model, x = char_rnn(5, hidden=8), np.random.default_rng(0).integers(0, 5, (3, 21))
        >>> bptt = TruncatedBPTT(model, CrossEntropyLoss(), SGD(model.parameters(), lr=0.1), k1=4, k2=7)
        >>> losses = [bptt.epoch(x[:, :-1], x[:, 1:]) for _ in range(5)]
        >>> losses[-1] < losses[0]
        True
    """

    def __init__(self, model: Layer, loss: Loss, optimizer: Optimizer, k1: int, k2: int | None = None, *,
                 max_norm: float | None = None, scores_axis: int = -1, boundary: Boundary | None = None) -> None:
        self.model, self.loss, self.optimizer = model, loss, optimizer
        self.k1 = check_size(k1, "k1", "TruncatedBPTT")
        self.k2 = self.k1 if k2 is None else check_size(k2, "k2", "TruncatedBPTT")
        self.max_norm, self.scores_axis, self.boundary = max_norm, scores_axis, boundary
        if boundary is not None and self.k2 != self.k1:
            raise ValueRangeError(f"TruncatedBPTT expected k2 = k1 with a boundary, since windows that overlap end "
                                  f"inside of each other, got k1={k1} and k2={k2}")

    def epoch(self, x: Array, y: Array, state: State = ()) -> float:
        """Train once along the streams and return the mean loss of all counted steps."""
        found = [(value * window.counted, window.counted) for value, window in self.run(x, y, state)]
        value, count = np.sum(found, axis=0)
        return float(value / count)

    def run(self, x: Array, y: Array, state: State = ()) -> Iterator[tuple[float, Window]]:
        """Train along the streams; yield loss and window after each update."""
        if x.shape[:2] != y.shape[:2] or x.shape[1] < 1:
            raise ValueRangeError(f"TruncatedBPTT expected x and y of the same streams and steps, at least one, got "
                                  f"{x.shape[:2]} and {y.shape[:2]}")
        network = Overlapping(self.model, self.k1, self.k2, scores_axis=self.scores_axis)
        held, at = state, 0                                     # the step before which ``held`` is the state
        for window in windows(x.shape[1], self.k1, self.k2):
            held = self._skip(x[:, at:window.start], held)
            value, held = self._step(network, x, y, held, window)
            at = window.stop - min(max(self.k2 - self.k1, 0), window.stop)
            yield value, window

    def _skip(self, x: Array, state: State) -> State:
        """Return the state after ``x``, without a gradient."""
        if x.shape[1]:
            with inference():
                (_, *rest), _ = call(self.model, x, *state)
            return tuple(rest)
        return state

    def _step(self, network: Overlapping, x: Array, y: Array, state: State, window: Window) -> tuple[float, State]:
        """Run a window and update; return loss and the state with which the next window begins."""
        start, stop, counted = window
        self.optimizer.zero_grad()
        scores, *left = network.forward(x[:, start:stop], *state)
        value = self.loss.forward(scores, y[:, stop - counted:stop])
        ahead: tuple[Array | None, ...] = (None,) * len(left)
        if self.boundary is not None and stop < x.shape[1]:
            ahead = self.boundary.gradient(tuple(left))
        _, *grads = network.backward((self.loss.backward(), *ahead))
        if self.max_norm is not None:
            clip_grad_norm_(self.model.parameters(), self.max_norm)
        self.optimizer.step()
        if self.boundary is not None and state:
            self.boundary.learn(state, tuple(grads))
        return value, tuple(left)


def stream_loss(model: Layer, loss: Loss, x: Array, y: Array, length: int = 100) -> float:
    """Return the mean loss along streams, read in pieces of ``length`` steps."""
    state: State = ()
    total, steps = 0.0, x.shape[1]
    for start in range(0, steps, length):
        with inference():
            (scores, *rest), _ = call(model, x[:, start:start + length], *state)
        state = tuple(rest)
        total += float(loss.forward(scores, y[:, start:start + length])) * min(length, steps - start)
    return float(total / steps)
