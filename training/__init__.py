"""Training: the step, the loop around it, what may happen beside it, and how its result is judged."""

from .callbacks import (
    Callback,
    ClipGradNorm,
    EarlyStopping,
    History,
    JsonLines,
    NonFiniteGuard,
    Progress,
    ScheduleRunner,
    StopOnPlateau,
)
from .evaluate import evaluate, predict
from .metrics import (
    METRICS,
    Accuracy,
    ConfusionMatrix,
    MeanAbsoluteError,
    Metric,
    accuracy,
    confusion_matrix,
    mean_absolute_error,
)
from .modes import evaluation_mode
from .non_finite import check_step
from .step import train_step
from .trainer import Trainer

__all__ = [
    "METRICS",
    "Accuracy",
    "Callback",
    "ClipGradNorm",
    "ConfusionMatrix",
    "EarlyStopping",
    "History",
    "JsonLines",
    "MeanAbsoluteError",
    "Metric",
    "NonFiniteGuard",
    "Progress",
    "ScheduleRunner",
    "StopOnPlateau",
    "Trainer",
    "accuracy",
    "check_step",
    "confusion_matrix",
    "evaluate",
    "evaluation_mode",
    "mean_absolute_error",
    "predict",
    "train_step",
]
