"""Many processes that train one network together: how they are joined, and what they exchange."""

from .alone import Alone
from .communicator import Communicator
from .current import apart, current, joined
from .exchange import GradientExchange
from .finding import find_communicator, let_first_rank_speak
from .gathering import any_rank, broadcast, gather
from .launcher import Ended, launch, launch_mpi
from .parts import part_of
from .queued import Queued
from .zero_redundancy import ZeroRedundancyOptimizer

__all__ = [
    "Alone",
    "Communicator",
    "Ended",
    "GradientExchange",
    "Queued",
    "ZeroRedundancyOptimizer",
    "any_rank",
    "apart",
    "broadcast",
    "current",
    "find_communicator",
    "gather",
    "joined",
    "launch",
    "launch_mpi",
    "let_first_rank_speak",
    "part_of",
]
