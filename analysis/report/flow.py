"""How the gradient fares on its way from the output to each layer, against depth."""

import math
from collections.abc import Sequence

from ...layers.core import Array, Layer
from ..gradient_flow import LayerFlow, gradient_flow, is_measurable
from ..plots import Curve, draw_lines
from .card import card, section

__all__ = ["flow_section"]

NORMS = ("Across: the layers, from input to output. Blue: by how much a layer stretches a change at most, the spectral "
         "norm of its Jacobian. Orange: all layers from there to the output together. Where orange falls towards the "
         "left by orders of magnitude, the gradient vanishes on its way back; where it rises, it explodes.")
IDLE = ("The share of units that pass no gradient on: rectifiers that are zero for every sample, sigmoids and tanhs "
        "that are flat.")
SAMPLES = 256


def flow_section(model: Layer, x: Array) -> str:
    """Return the cards made of ``gradient_flow``; nothing for a network of one layer, or one that takes too long."""
    if not is_measurable(model, x[:1]):
        return ""
    flow = gradient_flow(model, x[:SAMPLES])
    if len(flow.layers) < 2:
        return ""
    norms = draw_lines([Curve("of the layer", _points(flow.layers, "norm"), "var(--blue)"),
                        Curve("to the output", _points(flow.layers, "to_output"), "var(--orange)")], log=True,
                       title="norms of Jacobians")
    cards = [card("norms of Jacobians", norms, NORMS)]
    if any(not math.isnan(layer.idle) for layer in flow.layers):
        cards.append(card("idle units", draw_lines([Curve("share", _points(flow.layers, "idle"), "var(--blue)")],
                                                   title="idle units"), IDLE))
    return section("Gradient flow", cards)


def _points(layers: Sequence[LayerFlow], what: str) -> list[tuple[float, float | None]]:
    return [(index, getattr(layer, what)) for index, layer in enumerate(layers, start=1)]
