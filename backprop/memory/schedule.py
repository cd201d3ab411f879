"""Schedules of a training step: ``node`` stands for computing it, ``~node`` (a negative number) for going back."""

from collections.abc import Sequence

from ...layers.core import StateError
from .computation import Computation
from .lower_sets import nodes_of

__all__ = ["Schedule", "canonical", "check_schedule", "plain", "trimmed"]

Schedule = tuple[int, ...]


def plain(computation: Computation) -> Schedule:
    """Return the schedule that computes everything once, as containers do."""
    return (*range(len(computation.nodes)), *(~node for node in computation.backward))


def canonical(computation: Computation, path: Sequence[int], last: bool = False) -> Schedule:
    """Return the schedule of a sequence of lower sets: forward, segment by segment; back, every segment computed again.

    Values that some later segment reads are kept. The last segment is still there when the way back begins; ``last``
    computes it again nevertheless, as published.

    Example:
        >>> chain = Computation.of({"a": (1, 1), "b": (1, 1), "c": (1, 1)}, [("a", "b"), ("b", "c")])
        >>> canonical(chain, [0b011, 0b111])
        (0, 1, 2, -3, 0, -2, -1)
    """
    segments, before, kept = [], 0, 0
    for lower in path:
        segments.append(nodes_of(lower & ~before))
        kept |= sum(1 << node for node in nodes_of(lower) if any(not lower >> reader & 1
                                                                 for reader in computation.consumers[node]))
        before = lower
    steps = [node for segment in segments for node in segment]
    for number in reversed(range(len(segments))):
        if number < len(segments) - 1 or last:
            steps += [node for node in segments[number] if not kept >> node & 1]
        steps += [~node for node in sorted(segments[number], key=computation.rank.__getitem__)]
    return tuple(steps)


def trimmed(computation: Computation, schedule: Schedule) -> Schedule:
    """Leave out what is computed again and read by nobody; memory never grows by it.

    A step whose value is idle stays where it makes a mask anew that is worth forgetting meanwhile.
    """
    nodes, seen, first = computation.nodes, set(), []
    for step in schedule:
        first.append(step not in seen)
        seen.add(step)
    read: set[int] = set()          # whose values are read by what follows, up to their next computation
    masked: set[int] = set()        # of whom the way back needs what the forward step left besides the value
    steps = []
    for step, new in zip(reversed(schedule), reversed(first), strict=True):
        if step < 0:
            read.update(nodes[~step].reads)
            if nodes[~step].own * _WORTH > nodes[~step].bytes:
                masked.add(~step)
        elif new or step in read or step in masked:
            read.discard(step)
            masked.discard(step)
            read.update(nodes[step].sources)
        else:
            continue
        steps.append(step)
    return tuple(reversed(steps))


def check_schedule(computation: Computation, schedule: Schedule) -> None:
    """Raise StateError for a schedule that reads what is not there yet, or does not go back once through each node."""
    done: set[int] = set()
    for step in schedule:
        node = computation.nodes[step if step >= 0 else ~step]
        needs = node.sources if step >= 0 else (*node.reads, *(~each for each in computation.consumers[~step]))
        missing = [each for each in needs if each not in done]
        if missing or (step < 0 and step in done):
            what = f"steps {missing} first" if missing else "to go back once"
            raise StateError(f"schedule expected {what} at {'computing' if step >= 0 else 'going back through'} "
                             f"{node.name}")
        done.add(step)
    for place, node in enumerate(computation.nodes):
        if ~place not in done:
            raise StateError(f"schedule expected to go back through {node.name}, but never does")


_WORTH = 64     # a mask smaller than this part of the value is never made anew for its own sake
