"""What judges a gradient: numeric derivatives, the contract battery, the dictionary of mistakes, the diagnosis."""

from .diagnosis import Diagnosis, diagnose, diagnose_optimizer
from .layer import check_layer
from .loss import check_loss
from .model import check_model
from .numeric import complex_step_gradient, numeric_gradient
from .report import Report

__all__ = ["Diagnosis", "Report", "check_layer", "check_loss", "check_model", "complex_step_gradient", "diagnose",
           "diagnose_optimizer", "numeric_gradient"]
