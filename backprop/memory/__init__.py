"""Backpropagation in less memory: plans which values to keep and which to compute again."""

from .chen import articulation_points, chen_segments
from .computation import Computation, Node
from .integer import cheapest
from .liveness import Profile, simulate
from .lower_sets import ancestor_sets, lower_sets
from .partition import Partition
from .plan import Plan
from .planned import Planned
from .planning import plan
from .revolve import revolve, revolve_cost
from .schedule import canonical, check_schedule, plain, trimmed
from .search import best_schedule, candidates

__all__ = [
    "Computation", "Node", "Partition", "Plan", "Planned", "Profile", "ancestor_sets", "articulation_points",
    "best_schedule", "candidates", "canonical", "cheapest", "check_schedule", "chen_segments", "lower_sets", "plain",
    "plan", "revolve", "revolve_cost", "simulate", "trimmed",
]
