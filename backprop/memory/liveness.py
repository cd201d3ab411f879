"""One training step simulated: what is alive when, if everything is freed right after its last use."""

from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from .computation import Computation
from .ordered_sum import OrderedSum
from .schedule import Schedule

__all__ = ["Keep", "Profile", "frees", "gradient_bytes", "last_uses", "simulate"]


@dataclass(frozen=True)
class Profile:
    """What a schedule holds and does.

    Attributes:
        held: bytes alive while each step runs: values, what steps left for the way back, gradients
        peak: the most of them
        cost: of all forward steps, those computed again included
    """

    held: npt.NDArray[np.int64]
    peak: int
    cost: float


Keep = Literal["live", "caches", "everything"]


def simulate(computation: Computation, schedule: Schedule, keep: Keep = "live") -> Profile:
    """Return the profile of a schedule.

    A value lives from the step that computes it to the last step that reads it before it is computed again, and its
    gradient from the first contribution to the way back through its node. With ``"caches"`` what some way back reads
    lives to the end, as in containers, which keep their caches until then; with ``"everything"`` every value lives
    until its own way back, as in tapes that record values.

    Example:
        >>> chain = Computation.of({"a": (8, 1), "b": (8, 1), "c": (1, 1)}, [("a", "b"), ("b", "c")])
        >>> simulate(chain, (0, 1, 2, -3, -2, -1)).held.tolist()        # c: a is read by b's way back, so it lives
        [8, 16, 17, 18, 24, 16]
    """
    nodes = computation.nodes
    change = np.zeros(len(schedule) + 1, np.int64)
    for step, (value, own) in zip(range(len(schedule)), last_uses(computation, schedule, keep), strict=True):
        number = schedule[step]
        if number >= 0:
            node = nodes[number]
            if node.view is None:
                change[step] += node.bytes
                change[value + 1] -= node.bytes
            if node.own:
                change[step] += node.own
                change[own + 1] -= node.own
        elif nodes[~number].scratch:
            change[step] += nodes[~number].scratch
            change[step + 1] -= nodes[~number].scratch
    steps = np.array(schedule)
    during, after = gradient_bytes(computation, [~step for step in schedule if step < 0])
    back = np.cumsum(steps < 0)
    held = np.cumsum(change[:-1]) + np.where(steps < 0, during[np.maximum(back - 1, 0)], after[back])
    return Profile(held, int(held.max()), float(sum(nodes[step].cost for step in schedule if step >= 0)))


def last_uses(computation: Computation, schedule: Schedule, keep: Keep = "live") -> list[tuple[int, int]]:
    """Return for every forward step the step after which its value, and that after which its mask, is freed.

    The memory of a view lives as long as the view. What the caller of the network gets lives until the way back begins.
    """
    nodes = computation.nodes
    value, own = [-1] * len(nodes), [-1] * len(nodes)
    ends: list[tuple[int, int]] = [(-1, -1)] * len(schedule)
    begin = next((place for place, step in enumerate(schedule) if step < 0), len(schedule) - 1)
    outputs = set(computation.outputs)
    for place in range(len(schedule) - 1, -1, -1):
        step = schedule[place]
        if step < 0:
            node = nodes[~step]
            until = len(schedule) - 1 if keep == "caches" else place
            own[~step] = until
            for read in (~step, *node.reads) if keep == "everything" else node.reads:
                if value[read] < 0:
                    value[read] = until
            continue
        if step in outputs and place < begin:
            value[step] = max(value[step], begin)
            outputs.discard(step)
        node = nodes[step]
        end = max(value[step], place)
        ends[place] = end, max(own[step], place)
        value[step] = own[step] = -1
        for source in node.sources:
            if value[source] < place:
                value[source] = place
        if node.view is not None:
            value[node.view] = max(value[node.view], end)
    return ends


class _Block:
    """Memory of a gradient: its bytes, the first and last step back at which it is alive, and whose it is."""

    def __init__(self, size: int, first: int) -> None:
        self.size, self.first, self.last = size, first, first


class _Term(NamedTuple):
    """A gradient and whether nobody else holds its memory, so that a sum may be written into it."""

    block: _Block
    owned: bool


def gradient_bytes(computation: Computation, order: list[int]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return the bytes of gradients alive during each step back, and between those steps.

    The gradient of a value is a sum over its readers. If ``separate``, each term is memory of its own until it is
    added; the sum is written into a term that nobody else holds, or else into new memory.
    """
    blocks: list[_Block] = []
    sums: dict[int, OrderedSum[_Term]] = {}

    def block(place: int, step: int) -> _Term:
        blocks.append(_Block(computation.nodes[place].bytes, step))
        return _Term(blocks[-1], True)

    def gradient(place: int, step: int) -> OrderedSum[_Term]:
        def add(total: _Term, term: _Term) -> _Term:
            return total if total.owned else term if term.owned else block(place, step)
        ranks = computation.ranks[place] if computation.separate else ()
        return sums.setdefault(place, OrderedSum(ranks, add))

    for place in computation.outputs:
        gradient(place, 0).take(-1, block(place, 0))            # what the loss gives
    for step, place in enumerate(order):
        for each in sums.values():
            for term in each.held():
                term.block.last = step
        node, mine = computation.nodes[place], sums.pop(place, None)
        for source in node.sources:
            sofar = gradient(source, step)
            if not computation.separate and any(sofar.held()):
                continue                                        # added in place
            whole = mine.total if node.passes and mine is not None else None
            sofar.take(computation.rank[place], block(source, step) if whole is None else _Term(whole.block, False))
    during, after = np.zeros(len(order), np.int64), np.zeros(len(order) + 1, np.int64)
    for memory in blocks:
        during[memory.first:memory.last + 1] += memory.size
        after[memory.first + 1:memory.last + 1] += memory.size
    return during, after


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
