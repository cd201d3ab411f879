"""Lower sets: parts of a network that can have been computed while nothing behind them has; bits of a whole number."""

from ...layers.core import ValueRangeError
from .computation import Computation

__all__ = ["ancestor_sets", "lower_sets", "nodes_of"]


def lower_sets(computation: Computation, limit: int = 2000) -> list[int]:
    """Return all lower sets, the empty one and the whole included, small ones first; bit ``v`` is node ``v``.

    Raises: ValueRangeError when there are more than ``limit``; the exact programme is quadratic in their number.

    Source: Kusumoto et al. 2019, section 3.

    Example:
        >>> lower_sets(Computation.of({"a": (1, 1), "b": (1, 1), "c": (1, 1)}, [("a", "c"), ("b", "c")]))
        [0, 1, 2, 3, 7]
    """
    needs = [sum(1 << source for source in set(node.sources)) for node in computation.nodes]
    found, newest = {0}, [0]
    while newest:
        grown = {lower | 1 << node for lower in newest for node, before in enumerate(needs)
                 if not lower >> node & 1 and before & ~lower == 0}
        newest = list(grown)
        found |= grown
        if len(found) > limit:
            raise ValueRangeError(f"the exact programme expected at most {limit:,} lower sets, but this network of "
                                  f"{len(needs)} nodes has more; leave out exact=True for the pruned family, one set "
                                  f"for each node")
    return _sorted(found)


def ancestor_sets(computation: Computation) -> list[int]:
    """Return the pruned family: every node with all that it depends on, the empty set and the whole.

    Source: Kusumoto et al. 2019, section 4.3.
    """
    found: list[int] = []
    for place, node in enumerate(computation.nodes):
        lower = 1 << place
        for source in node.sources:
            lower |= found[source]
        found.append(lower)
    return _sorted({0, *found, (1 << len(computation.nodes)) - 1})


def nodes_of(lower: int) -> list[int]:
    """Return the nodes of a set, in their order."""
    found = []
    while lower:
        lowest = lower & -lower
        found.append(lowest.bit_length() - 1)
        lower ^= lowest
    return found


def _sorted(found: set[int]) -> list[int]:
    return sorted(found, key=lambda lower: (lower.bit_count(), lower))
