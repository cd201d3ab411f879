"""Square-root segments of Chen et al.: the baseline that cuts a network at its articulation points."""

from math import sqrt

from .computation import Computation
from .lower_sets import ancestor_sets, nodes_of

__all__ = ["articulation_points", "chen_segments"]


def articulation_points(computation: Computation) -> list[int]:
    """Return the lower sets of which a single value is read by what lies behind, from the smallest on."""
    found, last = [], 0
    for lower in ancestor_sets(computation)[1:-1]:
        boundary = [node for node in nodes_of(lower)
                    if any(not lower >> reader & 1 for reader in computation.consumers[node])]
        if len(boundary) == 1 and last & ~lower == 0:
            found.append(lower)
            last = lower
    return found


def chen_segments(computation: Computation) -> list[int]:
    """Return lower sets that cut the network into segments of about equal bytes, at articulation points.

    With c candidates a segment aims at ``sum of bytes / sqrt(c)``: a cut falls wherever the bytes so far pass a
    multiple of that.

    Source: Chen, Xu, Zhang & Guestrin 2016, as Kusumoto et al. 2019 compare with it.

    Example:
        >>> chain = Computation.of({name: (1, 1) for name in "abcdefghi"}, zip("abcdefgh", "bcdefghi"))
        >>> [lower.bit_length() for lower in chen_segments(chain)]
        [3, 6, 9]
    """
    candidates = articulation_points(computation)
    aim = computation.bytes / sqrt(max(len(candidates), 1))
    cuts, multiple = [], 1
    for lower in candidates:
        size = sum(computation.nodes[node].bytes for node in nodes_of(lower))
        if size >= multiple * aim:
            cuts.append(lower)
            multiple = int(size // aim) + 1
    return [*cuts, (1 << len(computation.nodes)) - 1]
