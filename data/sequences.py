"""Problems of remembering, drawn from a seeded generator: adding two marked numbers, copying after a delay, copying."""

from typing import Annotated

import numpy as np

from ..layers.core import Array, Size, Within, check_size, default_rng
from .dataset import ArrayDataset

__all__ = ["adding", "copying", "memory"]


def adding(n_samples: Size = 1000, length: Annotated[int, Within(2)] = 50,
           rng: np.random.Generator | None = None) -> ArrayDataset:
    """Return sequences of numbers of which two are marked, and the sum of these, ``y = sum over t of value * mark``.

    One mark stands in each half. Always answering 1 has a mean squared error of 1/6.

    Shapes:
        x: (n_samples, length, 2) float32, value in 0 … 1 and mark, 0 or 1
        y: (n_samples, 1) float32

    Source: Hochreiter & Schmidhuber 1997, section 5.4, with values and marks as Arjovsky, Shah & Bengio 2016.

    Example:
        >>> dataset = adding(5, length=7)
        >>> bool(np.allclose((dataset.x[..., 0] * dataset.x[..., 1]).sum(axis=1, keepdims=True), dataset.y))
        True
    """
    check_size(n_samples, "n_samples", "adding")
    check_size(length, "length", "adding", least=2)
    rng = default_rng(rng)
    rows = np.arange(n_samples)
    value = rng.random((n_samples, length), np.float32)
    mark = np.zeros_like(value)
    mark[rows, rng.integers(0, length // 2, n_samples)] = 1
    mark[rows, rng.integers(length // 2, length, n_samples)] = 1
    return ArrayDataset(np.stack([value, mark], axis=2), (value * mark).sum(axis=1, keepdims=True))


def memory(n_samples: Size = 1000, delay: Size = 20, length: Size = 10, symbols: Size = 8,
           rng: np.random.Generator | None = None) -> ArrayDataset:
    """Return symbols to be said again after a delay: ``y[-length:] = x[:length]``, and before that only blanks.

    Blank is 0, the symbols are 1 … ``symbols``, and ``symbols + 1`` is the sign to speak, ``length`` places before the
    end. Blanks and then guesses cost ``length * log(symbols) / (delay + 2 * length)`` nats a place.

    Shapes:
        x: (n_samples, delay + 2 * length) int64
        y: (n_samples, delay + 2 * length) int64

    Source: Arjovsky, Shah & Bengio 2016, section 4.1, after Hochreiter & Schmidhuber 1997.

    Example:
        >>> x, y = memory(1, delay=2, length=3, rng=np.random.default_rng(0))[0]
        >>> x.tolist(), y.tolist()
        ([7, 6, 5, 0, 9, 0, 0, 0], [0, 0, 0, 0, 0, 7, 6, 5])
    """
    _check("memory", n_samples, length, symbols)
    check_size(delay, "delay", "memory")
    said = _symbols(n_samples, length, symbols, rng)
    x = np.zeros((n_samples, delay + 2 * length), np.int64)
    y = np.zeros_like(x)
    x[:, :length] = y[:, -length:] = said
    x[:, -length - 1] = symbols + 1
    return ArrayDataset(x, y)


def copying(n_samples: Size = 1000, length: Size = 10, symbols: Size = 8, reverse: bool = False,
            rng: np.random.Generator | None = None) -> ArrayDataset:
    """Return sequences to be said again by a network that reads all before it speaks: ``y = x``, or ``x[:, ::-1]``.

    The symbols are 1 … ``symbols``; 0 is left for the mark that begins an answer.

    Shapes:
        x: (n_samples, length) int64
        y: (n_samples, length) int64

    Source: Sutskever, Vinyals & Le 2014, who found that the order of the words matters.

    Example:
        >>> x, y = copying(1, length=4, reverse=True, rng=np.random.default_rng(0))[0]
        >>> x.tolist(), y.tolist()
        ([7, 6, 5, 3], [3, 5, 6, 7])
    """
    _check("copying", n_samples, length, symbols)
    x = _symbols(n_samples, length, symbols, rng)
    return ArrayDataset(x, x[:, ::-1] if reverse else x.copy())


def _symbols(n_samples: int, length: int, symbols: int, rng: np.random.Generator | None) -> Array:
    return default_rng(rng).integers(1, symbols + 1, (n_samples, length))


def _check(owner: str, n_samples: int, length: int, symbols: int) -> None:
    for name, size in (("n_samples", n_samples), ("length", length), ("symbols", symbols)):
        check_size(size, name, owner)
