"""The doctor: the sanity checks of the CS231n notes, one file for each; and what can be seen without computing."""

from .dead_units import check_dead_units
from .examine import CHECKS, examine
from .few_samples import check_few_samples
from .gradient_flow import check_gradient_flow
from .initial_loss import check_initial_loss
from .learning_rate import check_learning_rate
from .memory import Memory, expected_memory
from .patient import Patient
from .plan import Plan
from .planning import suspect_planning
from .regularisation import check_regularisation
from .update_ratio import check_update_ratio
from .verdict import Verdict
from .wiring import suspect_wiring

__all__ = [
    "CHECKS",
    "Memory",
    "Patient",
    "Plan",
    "Verdict",
    "check_dead_units",
    "check_few_samples",
    "check_gradient_flow",
    "check_initial_loss",
    "check_learning_rate",
    "check_regularisation",
    "check_update_ratio",
    "examine",
    "expected_memory",
    "suspect_planning",
    "suspect_wiring",
]
