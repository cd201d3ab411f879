"""The dynamic programme of Kusumoto et al.: which sequence of lower sets to cut a network along."""

from functools import cached_property
from itertools import pairwise
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from .computation import Computation

__all__ = ["Objective", "Partition"]

Objective = Literal["time", "memory"]
Floats = npt.NDArray[np.float64]


class _States(NamedTuple):
    """Ways to reach lower sets: overhead, bytes kept, the lower set, and the state they came from."""

    overhead: Floats
    kept: Floats
    at: npt.NDArray[np.intp]
    before: npt.NDArray[np.intp]

    def followed_by(self, new: "_States") -> "_States":
        """Return these ways and further ones behind them."""
        return _States(np.concatenate((self.overhead, new.overhead)), np.concatenate((self.kept, new.kept)),
                       np.concatenate((self.at, new.at)), np.concatenate((self.before, new.before)))


class Partition:
    """Optimal sequences of lower sets from a family, under the budget of the paper's bound.

    A step from L to L' keeps the boundary of L', the values that what lies behind reads, and computes the rest of
    ``segment = L' - L`` again on the way back. While that happens, memory is at most

        bytes kept so far + 2 bytes(segment) + bytes(frontier of L') + bytes(what the frontier reads outside of L')

    ``"time"`` finds the least overhead within the budget, ``"memory"`` the largest: coarse segments leave more for
    liveness to free.

    Cost: states times lower sets; exact over all lower sets, approximate over ``ancestor_sets``.

    Source: Kusumoto et al. 2019, algorithm 1 and section 4.
    """

    def __init__(self, computation: Computation, family: list[int]) -> None:
        self.family = family
        nodes = computation.nodes
        size = np.array([0 if node.view is not None else node.bytes for node in nodes], float)
        cost = np.array([node.cost for node in nodes], float)
        edges = np.zeros((len(nodes), len(nodes)), np.float32)
        for place, node in enumerate(nodes):
            edges[list(node.sources), place] = 1
        width = -(-len(nodes) // 8)
        packed = np.frombuffer(b"".join(lower.to_bytes(width, "little") for lower in family), np.uint8)
        inside = np.unpackbits(packed.reshape(-1, width), axis=1, count=len(nodes), bitorder="little").astype(bool)
        outside = (~inside).astype(np.float32)
        boundary = inside & (outside @ edges.T > 0)
        frontier = ~inside & (inside.astype(np.float32) @ edges > 0)
        ahead = ~inside & (frontier.astype(np.float32) @ edges.T > 0)
        self._bytes = inside @ size
        self._ahead = frontier @ size + ahead @ size
        self._grows = (outside @ inside.astype(np.float32).T > 0) & (inside.astype(np.float32) @ outside.T == 0)
        self._kept = outside @ (boundary * size).T                  # [L, L'] bytes(boundary of L' outside of L)
        self._again = outside @ ((inside & ~boundary) * cost).T     # [L, L'] cost(L' - L - boundary of L')

    @cached_property
    def whole(self) -> int:
        """The budget of a single segment, at which nothing is kept."""
        return int(2 * self._bytes[-1])

    @cached_property
    def smallest_budget(self) -> int:
        """The least budget, in bytes, under which some sequence exists; by bisection."""
        low, high = 0, self.whole
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if self._reaches(middle) else (middle, high)
        return high

    def best(self, budget: float, objective: Objective = "time", states_each: int | None = None) -> list[int] | None:
        """Return the lower sets of the best sequence, from the first to the whole; None if no sequence fits.

        ``states_each`` keeps so many ways to reach each lower set, evenly chosen: nearly as good, and fast.
        """
        sign = 1.0 if objective == "time" else -1.0
        states = _States(np.zeros(1), np.zeros(1), np.zeros(1, np.intp), np.full(1, -1))
        for place in range(1, len(self.family)):
            new = self._arrive(states, place, budget, sign, states_each)
            if new is not None:
                states = states.followed_by(new)
        last = np.flatnonzero(states.at == len(self.family) - 1)
        if not last.size:
            return None
        state, path = int(last[np.argmin(sign * states.overhead[last])]), []
        while state > 0:
            path.append(self.family[states.at[state]])
            state = int(states.before[state])
        return path[::-1]

    def overhead(self, path: list[int]) -> float:
        """Return what the sequence computes twice, by the paper's count, in which the last segment is."""
        places = [0, *map(self.family.index, path)]
        return float(sum(self._again[start, end] for start, end in pairwise(places)))

    def bound(self, path: list[int]) -> float:
        """Return the least budget that admits the sequence."""
        places, kept, most = [0, *map(self.family.index, path)], 0.0, 0.0
        for start, end in pairwise(places):
            most = max(most, kept + 2 * (self._bytes[end] - self._bytes[start]) + self._ahead[end])
            kept += self._kept[start, end]
        return most

    def _arrive(self, states: _States, place: int, budget: float, sign: float, most: int | None) -> _States | None:
        """Return the ways to arrive at a lower set of which no other is better in both overhead and bytes kept."""
        needs = states.kept + (2 * (self._bytes[place] - self._bytes) + self._ahead[place])[states.at]
        before = np.flatnonzero(self._grows[states.at, place] & (needs <= budget))
        if not before.size:
            return None
        overhead = states.overhead[before] + self._again[states.at[before], place]
        kept = states.kept[before] + self._kept[states.at[before], place]
        order = np.lexsort((kept, sign * overhead))
        least = np.minimum.accumulate(kept[order])
        order = order[np.concatenate(([True], least[1:] < least[:-1]))]
        if most is not None and order.size > most:
            order = order[np.linspace(0, order.size - 1, most).round().astype(np.intp)]
        return _States(overhead[order], kept[order], np.full(order.size, place), before[order])

    def _reaches(self, budget: int) -> bool:
        kept = np.full(len(self.family), np.inf)
        kept[0] = 0
        for place in range(1, len(self.family)):
            needs = kept + 2 * (self._bytes[place] - self._bytes) + self._ahead[place]
            fits = self._grows[:, place] & (needs <= budget)
            if fits.any():
                kept[place] = (kept + self._kept[:, place])[fits].min()
        return bool(np.isfinite(kept[-1]))
