"""Small changes that make a schedule fit, or make a schedule that fits cheaper: what lower sets alone can not say."""

from collections.abc import Sequence

import numpy as np

from .computation import Computation
from .liveness import last_uses, simulate
from .schedule import Schedule, trimmed

__all__ = ["fitted", "spared"]


def spared(computation: Computation, schedule: Schedule, budget: float, tries: int = 400) -> Schedule:
    """Leave out what is computed again, the most expensive first, wherever the peak stays within the budget."""
    again = sorted(_repetitions(schedule), key=lambda place: -computation.nodes[schedule[place]].cost)[:tries]
    left_out: set[int] = set()
    for place in again:
        rest = tuple(step for other, step in enumerate(schedule) if other not in left_out and other != place)
        if simulate(computation, rest).peak <= budget:
            left_out.add(place)
    return trimmed(computation, tuple(step for place, step in enumerate(schedule) if place not in left_out))


def fitted(computation: Computation, schedule: Schedule, budget: float, changes: int = 200) -> Schedule | None:
    """Let values be forgotten over the peak and computed again behind it until the schedule fits; None if it does not.

    Of all values that live through the peak without being read there, the one is taken that removes the most excess
    (bytes above the budget, summed over steps) for its cost.
    """
    for _ in range(changes):
        profile = simulate(computation, schedule)
        if profile.peak <= budget:
            return spared(computation, schedule, budget)
        excess, best = _excess(profile.held, budget), None
        for changed in _forgetful(computation, schedule, int(profile.held.argmax())):
            after = simulate(computation, changed)
            gain = (excess - _excess(after.held, budget)) / max(after.cost - profile.cost, 1e-9)
            if gain > 0 and (best is None or gain > best[0]):
                best = gain, changed
        if best is None:
            return None
        schedule = best[1]
    return None


def _repetitions(schedule: Schedule) -> list[int]:
    seen: set[int] = set()
    places = []
    for place, step in enumerate(schedule):
        if step in seen:
            places.append(place)
        seen.add(step)
    return places


def _excess(held: np.ndarray[tuple[int], np.dtype[np.int64]], budget: float) -> float:
    return float(np.maximum(held - budget, 0).sum())


def _forgetful(computation: Computation, schedule: Schedule, peak: int) -> Sequence[Schedule]:
    """Return the schedules in which one value more is forgotten over the peak.

    Where its sources are gone when it is wanted again, they are computed again too, or they live on until then.
    """
    ends = last_uses(computation, schedule)
    alive = {schedule[place]: place for place in range(peak) if schedule[place] >= 0 and ends[place][0] > peak}
    found: list[Schedule] = []
    for value in alive:
        if value in _read_at(computation, schedule[peak]):
            continue
        use = next(place for place in range(peak + 1, len(schedule))
                   if value in _read_at(computation, schedule[place]) or place == ends[alive[value]][0])
        living = {schedule[place] for place in range(use) if schedule[place] >= 0 and ends[place][0] >= use} - {value}
        found += [(*schedule[:use], *again, *schedule[use:])
                  for again in {_computed(computation, value, living), (value,)}]
    return found


def _computed(computation: Computation, value: int, living: set[int]) -> Schedule:
    """Return the nodes that give a value from those that live, in their order."""
    wanted, needed = [value], set()
    while wanted:
        node = wanted.pop()
        if node not in needed:
            needed.add(node)
            wanted += [source for source in computation.nodes[node].sources if source not in living]
    return tuple(sorted(needed))


def _read_at(computation: Computation, step: int) -> tuple[int, ...]:
    return computation.nodes[step].sources if step >= 0 else computation.nodes[~step].reads
