"""Predictions that say how far they can be trusted: probabilistic backpropagation, and two to compare it with."""

from .deep_ensemble import DeepEnsemble, MeanAndVariance
from .gamma import Gamma
from .mc_dropout import MCDropout
from .moment_linear import MomentLinear
from .moment_relu import MomentReLU
from .prediction import Prediction
from .probabilistic_backprop import ProbabilisticBackprop
from .regressor import UncertainRegressor
from .weight_prior import WeightPrior

__all__ = [
    "DeepEnsemble",
    "Gamma",
    "MCDropout",
    "MeanAndVariance",
    "MomentLinear",
    "MomentReLU",
    "Prediction",
    "ProbabilisticBackprop",
    "UncertainRegressor",
    "WeightPrior",
]
