"""What to store on the way through time, so that the way back computes as few steps again as its slots allow."""

from collections.abc import Iterator
from math import comb
from typing import NamedTuple

import numpy as np

from ...layers.core import Array, ValueRangeError, check_choice, check_size

__all__ = ["POLICIES", "Stretch", "TimePlan", "binomial_steps"]

POLICIES = ("hidden", "internal", "mixed")


class Stretch(NamedTuple):
    """Go so many steps ahead and store there: the cache of the last of these steps, the hidden state, or nothing."""

    steps: int
    slots: int          # free after it has been stored, for it and what follows
    state: bool
    cache: bool


class TimePlan:
    """The schedule with the fewest forward steps for sequences of up to ``length`` steps and ``slots`` of memory.

    A slot holds a hidden state. A stretch of t steps begins at a stored state, which takes one slot, and m slots are
    free for it and the stretch; ``cost(t, m)`` is the least number of forward steps, those of the way there included:

        ``hidden(t, m)   = min over y of  y + cost(t - y, m - 1) + cost(y, m)``
        ``internal(t, m) = min over y of  y + cost(t - y, m - internal_slots) + cost(y - 1, m)``

    The first stores the state after y steps; the second the cache of step y, which then needs no second forward. The
    last step of a stretch is in hand and needs no slot: ``cost(1, m) = 1``, ``cost(0, m) = 0``.

    Attributes:
        policy:         "hidden" stores states alone, "internal" caches alone, "mixed" whichever is better
        internal_slots: how many hidden states fill the memory of one step's cache

    Cost: length² · slots additions, once; 8 bytes for each pair of length and slots.

    Source: Gruslys et al. 2016, "Memory-efficient backpropagation through time", equations 1 to 6.

    Example:
        >>> TimePlan(1000, 5).steps(), TimePlan(1000, 50).steps()
        (7284, 2948)
    """

    def __init__(self, length: int, slots: int, policy: str = "hidden", internal_slots: int = 1) -> None:
        self.length = check_size(length, "length", "TimePlan")
        self.slots = check_size(slots, "slots", "TimePlan")
        self.policy = check_choice(policy, POLICIES, name="policy", owner="TimePlan")
        self.internal_slots = check_size(internal_slots, "internal_slots", "TimePlan")
        self._cost: Array = np.full((slots + 1, length + 1), np.inf)
        self._cost[:, 0], self._cost[:, 1] = 0, 1
        self._ahead = np.zeros((slots + 1, length + 1), np.int32)       # below zero: the cache is stored
        for t in range(2, length + 1):
            self._fill(t)

    def steps(self, length: int | None = None, slots: int | None = None) -> int:
        """Return the forward steps for a sequence of this length, without one of the longest; so for slots."""
        return int(self._cost[self.slots if slots is None else slots, self.length if length is None else length])

    def stretches(self, length: int, slots: int) -> Iterator[Stretch]:
        """Yield how to walk over so many steps with so many slots free; at the end there is the cache of the last step.

        Raises: ValueRangeError for what the plan was not made for.
        """
        if not (1 <= length <= self.length and 1 <= slots <= self.slots):
            raise ValueRangeError(f"TimePlan expected a walk of 1 to {self.length} steps with 1 to {self.slots} "
                                  f"slots, got {length} and {slots}")
        while length > 1:
            ahead = int(self._ahead[slots, length])
            length -= abs(ahead)
            slots -= self.internal_slots if ahead < 0 else 1
            yield Stretch(abs(ahead), slots, length > 1 or ahead < 0, ahead < 0)    # a last step alone is in hand
        yield Stretch(1, slots, False, True)

    def _fill(self, t: int) -> None:
        """Choose for stretches of t steps and every number of slots at once."""
        y = np.arange(1, t)
        later, hidden, internal = self._cost[:, t - 1:0:-1], self._cost[:, 1:t], self._cost[:, :t - 1]
        if self.policy == "internal":                   # or nothing at all: go to the last step, and begin again
            self._choose(t, 1, y[-1:] + 1.0 + hidden[1:, -1:], y[-1:])
        else:
            self._choose(t, 1, y + later[:-1] + hidden[1:], y)
        used = self.internal_slots
        if self.policy != "hidden" and used < self.slots:               # the beginning of the stretch has a slot too
            self._choose(t, 1 + used, y + later[1:-used] + internal[1 + used:], -y)

    def _choose(self, t: int, first: int, cost: Array, ahead: Array) -> None:
        """Take what costs least, (slots, y), for so many slots and more, where it is less than what was found."""
        best, rows = cost.argmin(axis=1), np.arange(len(cost))
        least = cost[rows, best]
        better = least < self._cost[first:, t]
        self._cost[first:, t][better] = least[better]
        self._ahead[first:, t][better] = ahead[best][better]


def binomial_steps(length: int, slots: int) -> int:
    """Return the forward steps of the best schedule that stores hidden states alone, in closed form.

    ``length + r * length - comb(slots + r, slots + 1)`` with the least r for which ``comb(slots + r, slots)`` is at
    least ``length``: the steps of revolve, and one more for each step, whose cache the way back needs.

    Source: Griewank & Walther 2000, algorithm 799, "revolve".

    Example:
        >>> binomial_steps(1000, 5)
        7284
    """
    check_size(length, "length", "binomial_steps")
    check_size(slots, "slots", "binomial_steps")
    repeats = 0
    while comb(slots + repeats, slots) < length:
        repeats += 1
    return length + repeats * length - comb(slots + repeats, slots + 1)
