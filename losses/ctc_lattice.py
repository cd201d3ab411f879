"""All alignments of a sequence of labels with a longer one of frames: the forward-backward algorithm in log space."""

from typing import NamedTuple

import numpy as np

from ..layers.core import Array

__all__ = ["Lattice"]


class Lattice(NamedTuple):
    """The states of an alignment, one in every frame: blank, label, blank, label, ..., blank.

    From a frame to the next an alignment stays, goes on by one state, or by two where the symbols of these differ. It
    begins in one of the first two states and ends in one of the last two. Logarithms of probabilities are arrays
    (T, N, S) of frames, items and states. Shorter items are padded at the end, from where no alignment comes back.

    Attributes:
        symbols: (N, S), what every state emits
        states:  (N,), how many of them an item has
        frames:  (N,), how many frames an item has

    Source: Graves, Fernández, Gomez & Schmidhuber 2006, section 4.1.
    """

    symbols: Array
    states: Array
    frames: Array

    @classmethod
    def of(cls, labels: Array, lengths: Array, frames: Array, blank: int) -> "Lattice":
        """Return the lattice of labels, shape (N, L), of which the first ``lengths`` count."""
        symbols = np.full((len(labels), 2 * labels.shape[1] + 1), blank)
        symbols[:, 1::2] = np.where(np.arange(labels.shape[1]) < lengths[:, None], labels, blank)
        return cls(symbols, 2 * lengths + 1, frames)

    def emission(self, log_probs: Array) -> Array:
        """Return the log-probability of every state's symbol, (T, N, C) -> (T, N, S)."""
        return np.asarray(log_probs[:, np.arange(len(self.symbols))[:, None], self.symbols])

    def spread(self, values: Array, classes: int) -> Array:
        """Return the sum over the states of every symbol, (T, N, S) -> (T, N, C): the adjoint of ``emission``."""
        item, spread = np.arange(len(self.symbols)), np.zeros((*values.shape[:2], classes), values.dtype)
        for state in range(self.symbols.shape[1]):
            spread[:, item, self.symbols[:, state]] += values[:, :, state]      # one symbol per item, so none twice
        return spread

    def arrivals(self, emission: Array) -> Array:
        """Return the log-probability of all ways into a state at a frame, without what is emitted there."""
        arrivals, barrier = np.full_like(emission, -np.inf), self._barrier(emission)
        arrivals[0, :, :2] = 0
        with np.errstate(divide="ignore"):      # no way at all: log(0) = -inf
            for frame in range(1, len(emission)):
                ways = _moves(arrivals[frame - 1] + emission[frame - 1], -np.inf)
                ways[2] += barrier
                largest = ways.max(axis=0)
                largest[np.isneginf(largest)] = 0
                arrivals[frame] = largest + np.log(np.exp(ways - largest).sum(axis=0))
        return arrivals

    def arrivals_dot(self, emission: Array, arrivals: Array, emission_dot: Array) -> Array:
        """Return how ``arrivals`` change as ``emission`` does."""
        arrivals_dot, barrier = np.zeros_like(emission), self._barrier(emission)
        for frame in range(1, len(emission)):
            ways = _moves(arrivals[frame - 1] + emission[frame - 1], -np.inf)
            ways[2] += barrier
            share = np.exp(ways - np.where(np.isneginf(arrivals[frame]), 0, arrivals[frame]))
            arrivals_dot[frame] = (share * _moves(arrivals_dot[frame - 1] + emission_dot[frame - 1], 0)).sum(axis=0)
        return arrivals_dot

    def mirror(self) -> "Lattice":
        """Return the lattice seen from the end: what are departures here are arrivals there."""
        return self._replace(symbols=np.take_along_axis(self.symbols, self._states_from_end(), axis=1))

    def mirrored(self, values: Array) -> Array:
        """Return values of this lattice as those of its mirror, or back; the padding stays at the end."""
        frame = (self.frames - 1 - np.arange(len(values))[:, None]) % len(values)       # (T, N)
        return values[frame[:, :, None], np.arange(len(self.frames))[:, None], self._states_from_end()]

    def total(self, emission: Array, arrivals: Array) -> Array:
        """Return the log-probability of all alignments together, (N,); -inf where there is none."""
        state, item = np.arange(self.symbols.shape[1]), np.arange(len(self.frames))
        at_end = (state < self.states[:, None]) & (state >= self.states[:, None] - 2)
        last = np.where(at_end, arrivals[self.frames - 1, item] + emission[self.frames - 1, item], -np.inf)
        without_frames = np.where(self.states > 1, -np.inf, 0)
        return np.where(self.frames > 0, np.logaddexp.reduce(last, axis=1), without_frames).astype(emission.dtype)

    def inside(self, frames: int) -> Array:
        """Return which entries of (T, N, S) are no padding."""
        state = np.arange(self.symbols.shape[1]) < self.states[:, None]
        return np.asarray(state & (np.arange(frames)[:, None, None] < self.frames[:, None]))

    def _states_from_end(self) -> Array:
        return np.asarray((self.states[:, None] - 1 - np.arange(self.symbols.shape[1])) % self.symbols.shape[1])

    def _barrier(self, emission: Array) -> Array:
        """Return 0 where a state may be reached from two before, else -inf, (N, S)."""
        barrier = np.full(self.symbols.shape, -np.inf, emission.dtype)
        barrier[:, 2:][self.symbols[:, 2:] != self.symbols[:, :-2]] = 0
        return barrier


def _moves(values: Array, nothing: float) -> Array:
    """Return the values of the states from where a state can be reached: itself, one before, two before."""
    moves = np.full((3, *values.shape), nothing, values.dtype)
    moves[0], moves[1, :, 1:], moves[2, :, 2:] = values, values[:, :-1], values[:, :-2]
    return moves
