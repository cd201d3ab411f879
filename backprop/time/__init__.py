"""Backpropagation through time: full, in little memory, truncated, and truncated where the gradient has decayed."""

from .adaptive import AdaptiveBPTT, LagNorms, lag_norms
from .adaptive_truncation import AdaptiveTruncation
from .checkpointed import CheckpointedTime
from .decay import Decay, estimate_decay
from .overlapping import Overlapping, Window, windows
from .schedule import TimePlan, binomial_steps
from .stream import WindowStream
from .stretches import CheckpointedLayer, TruncatedLayer
from .substituted import Substituted
from .truncated import Boundary, TruncatedBPTT, stream_loss
from .unrolled import Unrolled

__all__ = [
    "AdaptiveBPTT",
    "AdaptiveTruncation",
    "Boundary",
    "CheckpointedLayer",
    "CheckpointedTime",
    "Decay",
    "LagNorms",
    "Overlapping",
    "Substituted",
    "TimePlan",
    "TruncatedBPTT",
    "TruncatedLayer",
    "Unrolled",
    "Window",
    "WindowStream",
    "binomial_steps",
    "estimate_decay",
    "lag_norms",
    "stream_loss",
    "windows",
]
