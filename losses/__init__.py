"""Scalar objectives: forward(prediction, target) gives a number, backward() the gradient of the prediction."""

from .bce_with_logits import BCEWithLogitsLoss
from .class_loss import ClassLoss
from .cross_entropy import CrossEntropyLoss
from .elementwise_loss import ElementwiseLoss
from .l1 import L1Loss
from .loss import Loss
from .mse import MSELoss
from .multi_margin import MultiMarginLoss
from .nll import NLLLoss
from .penalty import L1Penalty, L2Penalty, Penalty, weights_of

__all__ = [
    "BCEWithLogitsLoss", "ClassLoss", "CrossEntropyLoss", "ElementwiseLoss", "L1Loss", "L1Penalty", "L2Penalty",
    "Loss", "MSELoss", "MultiMarginLoss", "NLLLoss", "Penalty", "weights_of",
]
