"""Binomial checkpointing of a chain: the fewest forward steps when only so many values may be stored."""

from functools import cache

from ...layers.core import check_size
from .schedule import Schedule

__all__ = ["revolve", "revolve_cost"]


def revolve(steps: int, slots: int) -> Schedule:
    """Return the schedule of a chain of ``steps`` nodes, each read by the way back through the next one.

    Of the states one starts from, at most ``slots`` are stored at a time, the chain's input included.

    Example:
        >>> revolve(4, 2)
        (0, 1, 2, 3, -4, -3, 0, -2, -1)

    Source: Griewank & Walther 2000 (revolve); Gruslys et al. 2016 for the programme.
    """
    check_size(steps, "steps", "revolve")
    check_size(slots, "slots", "revolve")
    schedule: list[int] = []

    def back(start: int, end: int, free: int) -> None:
        """Go back from node ``end`` to behind ``start``, whose value is stored."""
        while end - start > 1:
            length = _split(end - start, free)
            schedule.extend(range(start + 1, start + length + 1))
            back(start + length, end, free - 1)
            end = start + length
        if end == steps - 1:
            schedule.append(end)                    # the loss reads the last value; others are not needed any more
        schedule.append(~end)

    back(-1, steps - 1, slots)
    return tuple(schedule)


def revolve_cost(steps: int, slots: int) -> int:
    """Return the forward steps: ``cost(l, s) = min over y of y + cost(l - y, s - 1) + cost(y, s)``, ``cost(1, s) = 0``.

    Example:
        >>> revolve_cost(10, 3), revolve_cost(10, 1)
        (15, 45)
    """
    for length in range(1, steps + 1, 200):         # from short chains on, so that recursion stays shallow
        _cost(length, slots)
    return _cost(steps, slots)


@cache
def _cost(length: int, slots: int) -> int:
    if length == 1:
        return 0
    if slots == 1:
        return length * (length - 1) // 2
    y = _split(length, slots)
    return y + _cost(length - y, slots - 1) + _cost(y, slots)


@cache
def _split(length: int, slots: int) -> int:
    """Return how far to go before the next value is stored."""
    if slots == 1:
        return length - 1
    return min(range(1, length), key=lambda y: y + _cost(length - y, slots - 1) + _cost(y, slots))
