"""A word placed anywhere in a noisy signal: a problem for networks that look everywhere in the same way."""

from typing import Annotated

import numpy as np

from ..layers.core import Array, NonNegative, Size, ValueRangeError, Within, check_range, check_size, default_rng
from .dataset import ArrayDataset

__all__ = ["keyword"]


def keyword(n_samples: Size = 1200, length: Size = 64, word_length: Annotated[int, Within(2)] = 16,
            noise: NonNegative = 0.2, starts: tuple[int, int] | None = None,
            rng: np.random.Generator | None = None) -> ArrayDataset:
    """Return noisy signals with a word in them: 0 for none, 1 for a rising chirp, 2 for a falling one, in turn.

    With u from 0 to 1, ``rising(u) = sin(pi * u)**2 * sin(2 * pi * (u + 2 * u**2))``: the frequency grows from one to
    five vibrations per word. The falling one is the same backwards, so it has the same energy and the same
    frequencies. A word begins at a place drawn from ``starts``, the first and the last place possible; None: anywhere.

    Shapes:
        x: (n_samples, 1, length) float32, with Gaussian ``noise`` of that standard deviation
        y: (n_samples,) int64

    Raises: ValueRangeError for words that would not lie inside of the signal.

    Example:
        >>> dataset = keyword(6, starts=(0, 16), rng=np.random.default_rng(0))
        >>> dataset.x.shape, dataset.y.tolist()
        ((6, 1, 64), [0, 1, 2, 0, 1, 2])
    """
    check_size(n_samples, "n_samples", "keyword")
    check_size(word_length, "word_length", "keyword", least=2)
    check_range(noise, 0.0, np.inf, name="noise", owner="keyword")
    first, last = (0, length - word_length) if starts is None else starts
    if not 0 <= first <= last <= length - word_length:
        raise ValueRangeError(f"keyword expected starts between 0 and {length - word_length}, where a word of "
                              f"{word_length} fits into a signal of {length}, got {first} to {last}")
    rng = default_rng(rng)
    places = rng.integers(first, last, n_samples, endpoint=True)[:, None] + np.arange(word_length)
    y = np.arange(n_samples, dtype=np.int64) % 3
    rising = _chirp(np.linspace(0, 1, word_length))
    words = np.stack([np.zeros(word_length), rising, rising[::-1]])
    x = noise * rng.standard_normal((n_samples, length))
    x[np.arange(n_samples)[:, None], places] += words[y]
    return ArrayDataset(x[:, None].astype(np.float32), y)


def _chirp(u: Array) -> Array:
    chirp: Array = np.sin(np.pi * u)**2 * np.sin(2 * np.pi * (u + 2 * u**2))
    return chirp
