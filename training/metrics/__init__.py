"""Metrics: numbers that judge predictions, exact over any division of the data into batches."""

from .accuracy import Accuracy, accuracy
from .auc import AUC, auc
from .class_metric import ClassMetric
from .confusion_matrix import ConfusionMatrix, confusion_matrix
from .exact_sequences import ExactSequences, exact_sequences
from .mean_absolute_error import MeanAbsoluteError, mean_absolute_error
from .metric import Metric
from .names import METRICS, find_metric
from .precision import F1, Precision, Recall, f1, precision, recall
from .r2 import R2, r2
from .surprise import BitsPerCharacter, Perplexity, bits_per_character, perplexity
from .top_k_accuracy import TopKAccuracy, top_k_accuracy

__all__ = [
    "AUC",
    "F1",
    "METRICS",
    "R2",
    "Accuracy",
    "BitsPerCharacter",
    "ClassMetric",
    "ConfusionMatrix",
    "ExactSequences",
    "MeanAbsoluteError",
    "Metric",
    "Perplexity",
    "Precision",
    "Recall",
    "TopKAccuracy",
    "accuracy",
    "auc",
    "bits_per_character",
    "confusion_matrix",
    "exact_sequences",
    "f1",
    "find_metric",
    "mean_absolute_error",
    "perplexity",
    "precision",
    "r2",
    "recall",
    "top_k_accuracy",
]
