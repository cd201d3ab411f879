"""A data set in batches, one pass after another."""

import math
from collections.abc import Iterator

import numpy as np

from ..layers.core import Array, ValueRangeError, default_rng
from .dataset import ArrayDataset

__all__ = ["DataLoader"]


class DataLoader:
    """Batches ``(x, y)`` of a data set, in order or in a new random order at every pass.

    ``batch_size=None`` makes one batch of everything: full-batch descent. (PyTorch's None turns batching off.)
    The last batch is smaller where the sizes do not divide, unless ``drop_last`` leaves it out.
    A pass draws one permutation from ``rng`` as its first batch is taken, and nothing else; so a run resumes
    by restoring the state of ``rng`` from the start of a pass.

    Shapes:
        x: (batch_size, ...), a copy, free to be changed
        y: (batch_size, ...), the same

    Source: names and defaults as in torch.utils.data.DataLoader; ``rng`` is its ``generator``.

    Example:
        >>> loader = DataLoader(digits(), batch_size=64, shuffle=True, rng=np.random.default_rng(0))
        >>> len(loader), [x.shape for x, y in loader][-1]
        (29, (5, 1, 8, 8))
    """

    def __init__(self, dataset: ArrayDataset, batch_size: int | None = 1, shuffle: bool = False,
                 drop_last: bool = False, rng: np.random.Generator | None = None) -> None:
        if batch_size is not None and batch_size < 1:
            raise ValueRangeError(f"DataLoader expected batch_size of at least 1, or None for the full batch, "
                                  f"got {batch_size}")
        self.dataset = dataset
        self.batch_size = batch_size
        self.shuffle = shuffle
        self.drop_last = drop_last
        self.rng = default_rng(rng)

    def __len__(self) -> int:
        batches = len(self.dataset) / (self.batch_size or len(self.dataset))
        return math.floor(batches) if self.drop_last else math.ceil(batches)

    def __iter__(self) -> Iterator[tuple[Array, Array]]:
        size = self.batch_size or len(self.dataset)
        order = self.rng.permutation(len(self.dataset)) if self.shuffle else np.arange(len(self.dataset))
        for batch in range(len(self)):
            yield self.dataset[order[batch * size:(batch + 1) * size]]
