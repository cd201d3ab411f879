"""Backpropagation through time: full, in little memory, truncated, and truncated where the gradient has decayed."""

from .adaptive import AdaptiveBPTT, LagNorms, lag_norms
from .checkpointed import CheckpointedTime
from .decay import Decay, estimate_decay
from .schedule import TimePlan, binomial_steps
from .truncated import Boundary, TruncatedBPTT, Window, stream_loss, windows
from .unrolled import Unrolled

__all__ = [
    "AdaptiveBPTT",
    "Boundary",
    "CheckpointedTime",
    "Decay",
    "LagNorms",
    "TimePlan",
    "TruncatedBPTT",
    "Unrolled",
    "Window",
    "binomial_steps",
    "estimate_decay",
    "lag_norms",
    "stream_loss",
    "windows",
]
