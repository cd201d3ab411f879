"""When a schedule frees what, and when the kernels' pool must give back memory for the peak to be kept to."""

from collections import Counter

import numpy as np
import numpy.typing as npt

from .computation import Computation
from .liveness import last_uses
from .schedule import Schedule

__all__ = ["frees", "rooms"]


def frees(computation: Computation, schedule: Schedule) -> list[list[tuple[str, int]]]:
    """Return for every step what is freed after it; what is computed again by then has been replaced already."""
    freed: list[list[tuple[str, int]]] = [[] for _ in schedule]
    follows: dict[int, int] = {}
    ends = last_uses(computation, schedule)
    for number in range(len(schedule) - 1, -1, -1):
        step = schedule[number]
        if step >= 0:
            for kind, end in zip(("value", "entry"), ends[number], strict=True):
                if end < follows.get(step, len(schedule)):
                    freed[end].append((kind, step))
            follows[step] = number
    return freed


def rooms(computation: Computation, schedule: Schedule, held: npt.NDArray[np.int64]) -> frozenset[int]:
    """Return the steps before which the pool gives free memory back.

    The pool lends a block again to an array of its size; a block of another size is held besides what is alive. So the
    pool is followed, size by size, and emptied where it would hold more than the peak.
    """
    nodes, freed = computation.nodes, frees(computation, schedule)
    most, footprint, free = _MORE * int(held.max()), 0, Counter[int]()
    found = set()
    for number, step in enumerate(schedule):
        node = nodes[step if step >= 0 else ~step]
        wanted = [0 if node.view is not None else node.bytes, node.own] if step >= 0 else \
            [] if node.passes else [nodes[source].bytes for source in node.sources]
        for size in wanted:
            if free[size]:
                free[size] -= 1
            else:
                footprint += size
        if footprint > most:
            found.add(number)
            footprint, free = int(held[number]), Counter()
        free.update(nodes[place].own if kind == "entry" else 0 if nodes[place].view is not None else nodes[place].bytes
                    for kind, place in freed[number])
        if step < 0:
            free[node.bytes] += 1
    return frozenset(found)


_MORE = 1.0    # by what part the pool may exceed the peak
