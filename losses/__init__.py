"""Scalar objectives: forward(prediction, target) gives a number, backward() the gradient of the prediction."""

from .adaptive_log_softmax import AdaptiveLogSoftmaxWithLoss
from .bce import BCELoss
from .bce_with_logits import BCEWithLogitsLoss
from .class_loss import ClassLoss
from .class_mse import ClassMSELoss
from .cosine_embedding import CosineEmbeddingLoss
from .cross_entropy import CrossEntropyLoss
from .ctc import CTCLoss
from .elbo import ELBOLoss
from .elementwise_loss import ElementwiseLoss
from .gaussian_nll import GaussianNLLLoss
from .kl_div import KLDivLoss
from .l1 import L1Loss
from .loss import Loss
from .margin import HingeEmbeddingLoss, SoftMarginLoss
from .margin_ranking import MarginRankingLoss
from .mse import MSELoss
from .multi_label import MultiLabelMarginLoss, MultiLabelSoftMarginLoss
from .multi_margin import MultiMarginLoss
from .nll import NLLLoss
from .penalty import L1Penalty, L2Penalty, Penalty, weights_of
from .poisson_nll import PoissonNLLLoss
from .smooth_l1 import HuberLoss, SmoothL1Loss
from .triplet_margin import TripletMarginLoss, TripletMarginWithDistanceLoss
from .wasserstein import WassersteinLoss

__all__ = [
    "AdaptiveLogSoftmaxWithLoss", "BCELoss", "BCEWithLogitsLoss", "CTCLoss", "ClassLoss", "ClassMSELoss",
    "CosineEmbeddingLoss", "CrossEntropyLoss", "ELBOLoss", "ElementwiseLoss", "GaussianNLLLoss", "HingeEmbeddingLoss",
    "HuberLoss", "KLDivLoss", "L1Loss", "L1Penalty", "L2Penalty", "Loss", "MSELoss", "MarginRankingLoss",
    "MultiLabelMarginLoss", "MultiLabelSoftMarginLoss", "MultiMarginLoss", "NLLLoss", "Penalty", "PoissonNLLLoss",
    "SmoothL1Loss", "SoftMarginLoss", "TripletMarginLoss", "TripletMarginWithDistanceLoss", "WassersteinLoss",
    "weights_of",
]
