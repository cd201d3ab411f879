"""Everything that is measured, by name."""

from fnmatch import fnmatch

from ..workload import Workload
from . import dense, fits, images, inference, scales, sequences, single_layers, starts

__all__ = ["WORKLOADS", "choose"]

WORKLOADS: dict[str, Workload] = {
    workload.name: workload for family in (dense, images, sequences, single_layers, inference, fits, starts, scales)
    for workload in family.WORKLOADS}


def choose(patterns: list[str]) -> list[str]:
    """Return the names that match a pattern, by shell wildcards or as a part; without patterns all but the scales."""
    if not patterns:
        return [name for name in WORKLOADS if not name.startswith("scale/")]
    return [name for name in WORKLOADS if any(fnmatch(name, pattern) or pattern in name for pattern in patterns)]
