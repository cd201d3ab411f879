"""Synthetic gradients: parts of a network learn from predictions, and need not wait for each other."""

from .boundary import SyntheticBoundary
from .predictor import Critic, GradientPredictor, SyntheticGradient, predictor_network
from .trainer import DecoupledTrainer

__all__ = [
    "Critic",
    "DecoupledTrainer",
    "GradientPredictor",
    "SyntheticBoundary",
    "SyntheticGradient",
    "predictor_network",
]
