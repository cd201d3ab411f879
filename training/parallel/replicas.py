"""The networks of the ranks, which are one network: made equal, and found to have stayed so."""

import zlib
from collections.abc import Iterable

import numpy as np

from ...layers.core import Layer, StateError, spans
from .communicator import Communicator
from .gathering import broadcast

__all__ = ["check_equal", "share_buffers", "share_parameters"]


def share_parameters(layers: Iterable[Layer], communicator: Communicator) -> None:
    """Give every rank the parameters of rank 0; they lie in stores."""
    for span in spans(parameter for layer in layers for parameter in layer.parameters()):
        communicator.broadcast_(span.data)


def share_buffers(model: Layer, communicator: Communicator) -> None:
    """Give every rank the buffers of rank 0, such as the statistics that its own part of the batches has left."""
    buffers = [buffer for _, buffer in model.named_buffers()]
    for buffer, data in zip(buffers, broadcast([buffer.data for buffer in buffers], communicator), strict=True):
        buffer.assign(data)


def check_equal(model: Layer, communicator: Communicator) -> None:
    """Raise StateError on every rank unless all have the same parameters, to the last bit."""
    sums = np.zeros(communicator.size, np.int64)
    for parameter in model.parameters():
        sums[communicator.rank] = zlib.crc32(parameter.data.data, sums[communicator.rank])
    communicator.all_reduce_(sums)
    if (apart := np.flatnonzero(sums != sums[0])).size:
        raise StateError(f"the networks of the processes have parted: that of rank {apart[0]} has other weights than "
                         f"that of rank 0; a callback, penalty or optimizer changes them by what is not the same on "
                         f"all ranks, such as a random number, the clock, or a value of its own part of the data")
