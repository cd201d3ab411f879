"""The names of the metrics, and what they stand for."""

from ...layers.core import DtypeError, UnknownNameError
from .accuracy import Accuracy
from .auc import AUC
from .confusion_matrix import ConfusionMatrix
from .exact_sequences import ExactSequences
from .mean_absolute_error import MeanAbsoluteError
from .metric import Metric
from .precision import F1, Precision, Recall
from .r2 import R2
from .surprise import BitsPerCharacter, Perplexity
from .top_k_accuracy import TopKAccuracy

__all__ = ["METRICS", "find_metric"]

METRICS: dict[str, type[Metric]] = {
    "accuracy": Accuracy,
    "auc": AUC,
    "bits_per_character": BitsPerCharacter,
    "confusion_matrix": ConfusionMatrix,
    "exact_sequences": ExactSequences,
    "f1": F1,
    "mean_absolute_error": MeanAbsoluteError,
    "perplexity": Perplexity,
    "precision": Precision,
    "r2": R2,
    "recall": Recall,
    "top_k_accuracy": TopKAccuracy,
}


def find_metric(metric: str | Metric) -> Metric:
    """Return a metric itself, or the one of that name.

    Raises: UnknownNameError for an unknown name, DtypeError for what is neither.
    """
    if isinstance(metric, str):
        if metric not in METRICS:
            raise UnknownNameError.of("metric", metric, METRICS)
        return METRICS[metric]()
    if not isinstance(metric, Metric):
        raise DtypeError(f"expected a metric as a Metric or one of the names {', '.join(METRICS)}, got {metric!r}")
    return metric
