"""All explanations by name."""

from collections.abc import Callable

from ...layers.core import Array, Layer
from .grad_cam import grad_cam, guided_grad_cam
from .gradients import (
    deconvnet,
    gradient,
    gradient_times_input,
    guided_backprop,
    integrated_gradients,
    smooth_grad,
)
from .occlusion import occlusion
from .relevance import layer_relevance
from .score import Target

__all__ = ["METHODS", "Method"]

Method = Callable[[Layer, Array, Target], Array]

METHODS: dict[str, Method] = {
    "gradient": gradient,
    "deconvnet": deconvnet,
    "guided_backprop": guided_backprop,
    "gradient_times_input": gradient_times_input,
    "smooth_grad": smooth_grad,
    "integrated_gradients": integrated_gradients,
    "grad_cam": grad_cam,
    "guided_grad_cam": guided_grad_cam,
    "occlusion": occlusion,
    "layer_relevance": layer_relevance,
}
