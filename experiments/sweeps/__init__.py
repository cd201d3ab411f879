"""A search for good values of a config: many trials of it, each a run, chosen and pruned by Optuna, an extra."""

from .conduct import Swept, sweep
from .outcome import TrialRow, show_value
from .plan import Sweep, plan_sweep
from .space import SweepParameter

__all__ = ["Sweep", "SweepParameter", "Swept", "TrialRow", "plan_sweep", "show_value",
           "sweep"]
