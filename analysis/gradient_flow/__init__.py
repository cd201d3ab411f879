"""Vanishing and exploding gradients, measured: Jacobians layer by layer and together, idle units, remedies."""

from .draw import draw_flow
from .measure import GradientFlow, LayerFlow, gradient_flow, is_measurable
from .networks import deep_network
from .remedy import REMEDIES, remedied
from .spectral import largest_singular_value
from .steps import JacobianSteps
from .units import dead_units, saturated_units

__all__ = [
    "REMEDIES",
    "GradientFlow",
    "JacobianSteps",
    "LayerFlow",
    "dead_units",
    "deep_network",
    "draw_flow",
    "gradient_flow",
    "is_measurable",
    "largest_singular_value",
    "remedied",
    "saturated_units",
]
