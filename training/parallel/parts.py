"""The batches of a data source, divided among the ranks of a job."""

from typing import Any

from ...layers.core import DtypeError
from .communicator import Communicator

__all__ = ["part_of"]


def part_of(batches: Any, communicator: Communicator) -> Any:
    """Return this rank's part of every batch: together the parts are the batches, whatever their number.

    Raises: DtypeError for batches that have no ``part(rank, size)``, where there are several ranks.

    Example:
        >>> from chainrule.training.parallel import Alone, part_of
        >>> batches = [(np.zeros((5, 2)), np.zeros(5))]
        >>> part_of(batches, Alone()) is batches
        True
    """
    if communicator.size == 1:
        return batches
    if not hasattr(batches, "part"):
        raise DtypeError(f"training on {communicator.size} processes expected batches that can be divided among them, "
                         f"got {type(batches).__name__}; pass a DataLoader, or give yours a method part(rank, size)")
    return batches.part(communicator.rank, communicator.size)
