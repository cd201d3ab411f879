"""Batches made ahead in a thread of their own, while those before are learned from."""

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar, cast

from ..layers.core import check_size

__all__ = ["prefetch"]

Batch = TypeVar("Batch")
_END = object()


def prefetch(batches: Iterable[Batch], depth: int = 2) -> Iterator[Batch]:
    """Yield ``batches`` in their order, with up to ``depth`` of them made ahead by one thread.

    An error in the making arrives where its batch would have. The thread ends with the iteration, however that ends.

    Example:
        >>> list(prefetch(DataLoader(xor(), batch_size=3)))[1][1].shape
        (1, 1)
    """
    check_size(depth, "depth", "prefetch")
    source = iter(batches)
    thread = ThreadPoolExecutor(1, "prefetch")
    try:
        ahead: deque[Future[object]] = deque(thread.submit(next, source, _END) for _ in range(depth))
        while (batch := ahead.popleft().result()) is not _END:
            ahead.append(thread.submit(next, source, _END))
            yield cast(Batch, batch)
    finally:
        thread.shutdown(cancel_futures=True)
