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
    WeightAveraging,
)
from .evaluate import evaluate, predict
from .gan import GANTrainer
from .generation import decode, draw_token, generate
from .language import CarriedLoss, ScoresMetric, Stream
from .metrics import (
    METRICS,
    Accuracy,
    BitsPerCharacter,
    ConfusionMatrix,
    ExactSequences,
    MeanAbsoluteError,
    Metric,
    Perplexity,
    accuracy,
    bits_per_character,
    confusion_matrix,
    exact_sequences,
    mean_absolute_error,
    perplexity,
)
from .mode_coverage import mode_coverage
from .modes import evaluation_mode, frozen
from .non_finite import check_step
from .sequence import TeacherForcing, shifted
from .step import train_step
from .trainer import Trainer
from .vae import bound_metrics, drawing_codes

__all__ = [
    "METRICS",
    "Accuracy",
    "BitsPerCharacter",
    "Callback",
    "CarriedLoss",
    "ClipGradNorm",
    "ConfusionMatrix",
    "EarlyStopping",
    "ExactSequences",
    "GANTrainer",
    "History",
    "JsonLines",
    "MeanAbsoluteError",
    "Metric",
    "NonFiniteGuard",
    "Perplexity",
    "Progress",
    "ScheduleRunner",
    "ScoresMetric",
    "StopOnPlateau",
    "Stream",
    "TeacherForcing",
    "Trainer",
    "WeightAveraging",
    "accuracy",
    "bits_per_character",
    "bound_metrics",
    "check_step",
    "confusion_matrix",
    "decode",
    "draw_token",
    "drawing_codes",
    "evaluate",
    "evaluation_mode",
    "exact_sequences",
    "frozen",
    "generate",
    "mean_absolute_error",
    "mode_coverage",
    "perplexity",
    "predict",
    "shifted",
    "train_step",
]
