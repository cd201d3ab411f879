"""What happens beside training: one class for each thing, told of every moment of a fit."""

from .averaging import WeightAveraging
from .callback import Callback, Row
from .clipping import ClipGradNorm
from .early_stopping import EarlyStopping
from .freeze import Freeze
from .gradient_noise import GradientNoise
from .growing_batches import GrowingBatches
from .history import History
from .json_lines import JsonLines
from .layer_statistics import LayerStatistics
from .monitor import Monitor
from .non_finite_guard import NonFiniteGuard
from .progress import Progress
from .schedule_runner import ScheduleRunner
from .stop_on_plateau import StopOnPlateau
from .tensorboard import TensorBoard
from .time_budget import TimeBudget

__all__ = [
    "Callback",
    "ClipGradNorm",
    "EarlyStopping",
    "Freeze",
    "GradientNoise",
    "GrowingBatches",
    "History",
    "JsonLines",
    "LayerStatistics",
    "Monitor",
    "NonFiniteGuard",
    "Progress",
    "Row",
    "ScheduleRunner",
    "StopOnPlateau",
    "TensorBoard",
    "TimeBudget",
    "WeightAveraging",
]
