"""Learning-rate schedules: functions of the step."""

from .cosine_annealing_lr import CosineAnnealingLR
from .linear_lr import LinearLR
from .reduce_lr_on_plateau import ReduceLROnPlateau
from .schedule import Schedule
from .sequential_lr import SequentialLR
from .step_lr import StepLR

__all__ = [
    "CosineAnnealingLR", "LinearLR", "ReduceLROnPlateau", "Schedule", "SequentialLR", "StepLR",
]
