"""Training a network to answer a sequence with a sequence: it is told the right answer so far."""

from collections.abc import Iterator
from typing import Any, Protocol

import numpy as np

from ..data import ArrayDataset
from ..layers.core import Array

__all__ = ["Loader", "TeacherForcing", "shifted"]


class Loader(Protocol):
    """What gives the batches of a data set, an epoch at each iteration."""

    @property
    def dataset(self) -> ArrayDataset: ...

    @property
    def batch_size(self) -> int | None: ...

    def __len__(self) -> int: ...

    def __iter__(self) -> Iterator[tuple[Any, Array]]: ...

    def part(self, rank: int, size: int) -> "Loader": ...


def shifted(y: Array, start: int = 0) -> Array:
    """Return what stands before each place of ``y``: ``start``, then all but the last.

    Shapes:
        y: (N, T)

    Example:
        >>> shifted(np.array([[5, 6, 7]])).tolist()
        [[0, 5, 6]]
    """
    return np.concatenate([np.full_like(y[:, :1], start), y[:, :-1]], axis=1)


class TeacherForcing:
    """The batches of a loader with two inputs, the source and the right answer so far: ``x = (x, shifted(y))``.

    Every place of the answer is then learned at once, and the network never has to go on from its own mistakes.

    Shapes:
        x: ((N, S), (N, T))
        y: (N, T)

    Source: Williams & Zipser 1989.

    Example:
        >>> (source, so_far), y = next(iter(TeacherForcing(DataLoader(copying(3, length=4)))))
        >>> bool((so_far[:, 1:] == y[:, :-1]).all()), so_far[0, 0]
        (True, np.int64(0))
    """

    def __init__(self, loader: Loader, start: int = 0) -> None:
        self.loader = loader
        self.start = start
        self.dataset, self.batch_size = loader.dataset, loader.batch_size

    def __len__(self) -> int:
        return len(self.loader)

    def __iter__(self) -> Iterator[tuple[tuple[Array, Array], Array]]:
        return (((x, shifted(y, self.start)), y) for x, y in self.loader)

    def part(self, rank: int, size: int) -> "TeacherForcing":
        """Return the batches of the ``rank``-th of ``size`` parts of the loader."""
        return TeacherForcing(self.loader.part(rank, size), self.start)
