"""Training: the step, the loop around it, what may happen beside it, and how its result is judged."""

from .callbacks import (
    Callback,
    ClipGradNorm,
    EarlyStopping,
    History,
    JsonLines,
    Monitor,
    NonFiniteGuard,
    Progress,
    Row,
    ScheduleRunner,
    StopOnPlateau,
)
from .evaluate import Batches, evaluate, predict
from .metrics import (
    METRICS,
    Accuracy,
    ConfusionMatrix,
    MeanAbsoluteError,
    Metric,
    accuracy,
    confusion_matrix,
    find_metric,
    mean_absolute_error,
)
from .modes import evaluation_mode, training_mode
from .non_finite import check_step
from .step import train_step
from .totals import Totals
from .trainer import Step, Trainer

__all__ = [
    "Accuracy", "Batches", "Callback", "ClipGradNorm", "ConfusionMatrix", "EarlyStopping", "History", "JsonLines",
    "METRICS", "MeanAbsoluteError", "Metric", "Monitor", "NonFiniteGuard", "Progress", "Row", "ScheduleRunner",
    "Step", "StopOnPlateau", "Totals", "Trainer", "accuracy", "check_step", "confusion_matrix", "evaluate",
    "evaluation_mode", "find_metric", "mean_absolute_error", "predict", "train_step", "training_mode",
]
