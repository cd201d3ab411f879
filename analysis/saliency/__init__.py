"""Explanations of a network's answers, and the sanity checks that tell which of them look at the network."""

from .draw import draw_explanations
from .grad_cam import grad_cam, guided_grad_cam
from .gradients import (
    deconvnet,
    gradient,
    gradient_times_input,
    guided_backprop,
    integrated_gradients,
    smooth_grad,
)
from .methods import METHODS
from .occlusion import occlusion
from .relevance import layer_relevance
from .rules import relu_rule
from .sanity import Finding, cascading, independent, sanity_checks, survives
from .similarity import Similarity, similarity

__all__ = [
    "METHODS",
    "Finding",
    "Similarity",
    "cascading",
    "deconvnet",
    "draw_explanations",
    "grad_cam",
    "gradient",
    "gradient_times_input",
    "guided_backprop",
    "guided_grad_cam",
    "independent",
    "integrated_gradients",
    "layer_relevance",
    "occlusion",
    "relu_rule",
    "sanity_checks",
    "similarity",
    "smooth_grad",
    "survives",
]
