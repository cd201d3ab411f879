"""Learning-rate schedules: functions of the step."""

from .chained_scheduler import ChainedScheduler
from .constant_lr import ConstantLR
from .cosine_annealing_lr import CosineAnnealingLR
from .cosine_annealing_warm_restarts import CosineAnnealingWarmRestarts
from .cyclic_lr import CyclicLR
from .exponential_lr import ExponentialLR
from .lambda_lr import LambdaLR
from .linear_lr import LinearLR
from .multi_step_lr import MultiStepLR
from .multiplicative_lr import MultiplicativeLR
from .one_cycle_lr import OneCycleLR
from .polynomial_lr import PolynomialLR
from .reduce_lr_on_plateau import ReduceLROnPlateau
from .schedule import Schedule
from .sequential_lr import SequentialLR
from .step_lr import StepLR
from .swa_lr import SWALR

__all__ = [
    "SWALR", "ChainedScheduler", "ConstantLR", "CosineAnnealingLR", "CosineAnnealingWarmRestarts", "CyclicLR",
    "ExponentialLR", "LambdaLR", "LinearLR", "MultiStepLR", "MultiplicativeLR", "OneCycleLR", "PolynomialLR",
    "ReduceLROnPlateau", "Schedule", "SequentialLR", "StepLR",
]
