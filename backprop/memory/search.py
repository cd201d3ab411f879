"""Schedules for a budget: lower sets swept over many budgets, judged by what is alive, and mended."""

from collections.abc import Iterator
from typing import NamedTuple

from .chen import chen_segments
from .computation import Computation
from .liveness import simulate
from .local_search import fitted, spared
from .lower_sets import ancestor_sets, lower_sets
from .partition import Objective, Partition
from .schedule import Schedule, canonical, plain, trimmed

__all__ = ["Candidate", "best_schedule", "candidates", "smallest"]


class Candidate(NamedTuple):
    """A schedule, its peak in bytes, and the cost of its forward steps."""

    peak: int
    cost: float
    schedule: Schedule


def candidates(computation: Computation, exact: bool = False, step: float = 1.03, budgets: int = 40) -> list[Candidate]:
    """Return the schedules worth knowing, from the smallest peak to the least cost: each is the best at its peak.

    The programme bounds memory without knowing what can be freed early, so the budget at which its schedule has the
    smallest peak is not its smallest one. Therefore the budget grows from there by factors of ``step``, so many times
    and further in larger ones, with both objectives; ``exact`` does so over all lower sets too.

    Raises: ValueRangeError for ``exact`` on a network of more than 2,000 lower sets.
    """
    found = {plain(computation), trimmed(computation, canonical(computation, chen_segments(computation)))}
    for family in [ancestor_sets(computation), *([lower_sets(computation)] if exact else [])]:
        partition = Partition(computation, family)
        paths = {tuple(path) for budget in _sweep(partition, step, budgets) for objective in _OBJECTIVES
                 if (path := partition.best(budget, objective, _STATES)) is not None}
        found |= {trimmed(computation, canonical(computation, path)) for path in paths}
    return _frontier(_judged(computation, schedule) for schedule in found)


def best_schedule(computation: Computation, budget: float, objective: Objective = "time",
                  known: list[Candidate] | None = None) -> Candidate | None:
    """Return the cheapest schedule whose peak is within the budget (``"time"``), or that of the smallest peak.

    The best of ``known`` (else ``candidates``) are mended: in small networks values are forgotten one by one until
    the budget is met, and everywhere what need not be computed again is left out. None if nothing fits.
    """
    known = candidates(computation) if known is None else known
    if objective == "memory":
        best = smallest(computation, known)
        return best if best.peak <= budget else None
    if len(computation.nodes) <= _SMALL:
        few = known if len(computation.nodes) <= _SMALL // 4 else [*known[:2], *known[-1:]]
        mended = [fitted(computation, candidate.schedule, budget) for candidate in few]
    else:
        within = sorted((candidate for candidate in known if candidate.peak <= budget), key=lambda each: each.cost)
        mended = [spared(computation, candidate.schedule, budget) for candidate in within[:2]]
    found = [_judged(computation, schedule) for schedule in mended if schedule is not None]
    return min(found, key=lambda each: (each.cost, each.peak), default=None)


def smallest(computation: Computation, known: list[Candidate]) -> Candidate:
    """Return the schedule of the smallest peak that is found: from the best known on, as far down as mending leads."""
    best = min(known)
    while len(computation.nodes) <= _SMALL:
        lower = best_schedule(computation, best.peak * _LESS, "time", [best, known[-1]])
        if lower is None:
            break
        best = lower
    return best


def _sweep(partition: Partition, step: float, budgets: int) -> Iterator[float]:
    """Yield budgets from the smallest up to that of a single segment."""
    budget, number = float(partition.smallest_budget), 0
    while budget < partition.whole:
        yield budget
        number += 1
        budget = max(budget * (step if number < budgets else step**4), budget + 1)
    yield float(partition.whole)


def _judged(computation: Computation, schedule: Schedule) -> Candidate:
    profile = simulate(computation, schedule)
    return Candidate(profile.peak, profile.cost, schedule)


def _frontier(found: Iterator[Candidate]) -> list[Candidate]:
    """Return those of which no other has both a smaller peak and less cost."""
    best: list[Candidate] = []
    for candidate in sorted(found):
        if not best or candidate.cost < best[-1].cost:
            best.append(candidate)
    return best


_OBJECTIVES: tuple[Objective, Objective] = ("memory", "time")
_STATES = 4         # few states for each lower set find more different schedules, and smaller peaks, than many
_LESS = 0.97        # steps in which a smaller peak is sought
_SMALL = 24         # nodes up to which values are forgotten one by one
