"""A data set in batches, one pass after another, changed on the way and made ahead if wanted."""

import math
from collections.abc import Iterator
from copy import copy
from typing import Self

import numpy as np

from ..layers.core import Array, Count, ValueRangeError, check_size, default_rng
from .dataset import ArrayDataset
from .prefetch import prefetch
from .sampler import Sampler
from .transforms import Transform

__all__ = ["DataLoader"]


class DataLoader:
    """Batches ``(x, y)`` of a data set, in order or in a new random order at every pass.

    ``batch_size=None`` makes one batch of everything: full-batch descent. (PyTorch's None turns batching off.)
    The last batch is smaller where the sizes do not divide, unless ``drop_last`` leaves it out.
    ``sampler`` says which samples a pass shows, ``transform`` changes each batch, ``prefetch`` makes so many batches
    ahead in a thread. As it begins, a pass draws its order from ``rng``, and with a ``transform`` a seed from which,
    with its number, each batch draws; nothing else. So a run resumes by restoring the state of ``rng`` from the start
    of a pass, and prefetching changes nothing that is drawn.

    Shapes:
        x: (batch_size, ...), a copy, free to be changed
        y: (batch_size, ...), the same

    Source: names and defaults as in torch.utils.data.DataLoader; ``rng`` is its ``generator``, ``prefetch`` its
        ``prefetch_factor`` for one worker.

    Example:
        >>> loader = DataLoader(digits(), batch_size=64, shuffle=True, rng=np.random.default_rng(0))
        >>> len(loader), [x.shape for x, y in loader][-1]
        (29, (5, 1, 8, 8))
    """

    def __init__(self, dataset: ArrayDataset, batch_size: int | None = 1, shuffle: bool = False,
                 drop_last: bool = False, rng: np.random.Generator | None = None, *, sampler: Sampler | None = None,
                 transform: Transform | None = None, prefetch: Count = 0) -> None:
        if batch_size is not None and (not hasattr(batch_size, "__index__") or batch_size < 1):
            raise ValueRangeError(f"DataLoader expected batch_size of at least 1, or None for the full batch, "
                                  f"got {batch_size}")
        if sampler is not None and shuffle:
            raise ValueRangeError("DataLoader expected a sampler or shuffle, got both; a sampler decides on the order")
        self.dataset = dataset
        self.batch_size = batch_size
        self.shuffle = shuffle
        self.drop_last = drop_last
        self.rng = default_rng(rng)
        self.sampler = sampler
        self.transform = transform
        self.prefetch = check_size(prefetch, "prefetch", "DataLoader", least=0)
        self._part = 0, 1

    def __len__(self) -> int:
        samples = len(self.dataset if self.sampler is None else self.sampler)
        batches = samples / (self.batch_size or samples)
        return math.floor(batches) if self.drop_last else math.ceil(batches)

    def __iter__(self) -> Iterator[tuple[Array, Array]]:
        batches = self._batches(self._order(), 0 if self.transform is None else int(self.rng.integers(2**63)))
        return prefetch(batches, self.prefetch) if self.prefetch else batches

    def part(self, rank: int, size: int) -> Self:
        """Return a loader of the ``rank``-th of ``size`` parts of every batch, in the same order; none where a batch
        has fewer samples. Each part is changed by the transform with draws of its own.

        Example:
            >>> loader = DataLoader(ArrayDataset(np.zeros((5, 2)), np.arange(5)), batch_size=3)
            >>> [[y.tolist() for _, y in loader.part(rank, 2)] for rank in range(2)]
            [[[0, 1], [3]], [[2], [4]]]
        """
        part = copy(self)
        part._part = rank, size
        return part

    def _batches(self, order: Array, seed: int) -> Iterator[tuple[Array, Array]]:
        whole, (rank, size) = self.batch_size or len(order), self._part
        for batch in range(len(self)):
            rows = np.array_split(order[batch * whole:(batch + 1) * whole], size)[rank]
            x, y = self.dataset[rows]
            if self.transform is not None and len(rows):
                x, y = self.transform.change(x, y, np.random.default_rng([seed, batch, rank]))
            yield x, y

    def _order(self) -> Array:
        if self.sampler is not None:
            return self.sampler.indices(self.rng)
        return self.rng.permutation(len(self.dataset)) if self.shuffle else np.arange(len(self.dataset))
