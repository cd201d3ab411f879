"""What the first layer looks for: its weights as pictures."""

from html import escape

import numpy as np

from ...layers import Conv2d, Linear
from ...layers.core import Array, Layer
from ..plots import diverging, draw_image, grey
from .card import card, section
from .pictures import as_pictures

__all__ = ["filters_section"]

MOST = 64


def filters_section(model: Layer, x: Array) -> str:
    """Return the filters of the first layer with weights, where it looks at pictures: a Conv2d, or a Linear over all
    pixels."""
    for path, layer in model.named_layers():
        weight = getattr(layer, "weight", None)
        if weight is None:
            continue
        filters = _filters(layer, weight.data, x)
        if filters is None:
            return ""
        tiles = [draw_image(grey(each) if each.ndim == 3 else diverging(each), f"filter {number}")
                 for number, each in enumerate(filters[:MOST])]
        note = f"The first {MOST} of {len(filters)}. " if len(filters) > MOST else ""
        colors = "" if filters.ndim == 4 else "Red counts for, blue against."
        return section("First layer", [card(f"filters of {path} {escape(layer.title)}",
                                            f'<div class="tiles filters">{"".join(tiles)}</div>', note + colors,
                                            columns=3)])
    return ""


def _filters(layer: Layer, weight: Array, x: Array) -> Array | None:
    """Return weights as pictures (F, H, W) or (F, H, W, 3), or None."""
    if isinstance(layer, Conv2d) and min(weight.shape[2:]) > 1:
        return weight.transpose(0, 2, 3, 1) if weight.shape[1] == 3 else np.asarray(weight.mean(axis=1))
    pictures = as_pictures(x)
    if isinstance(layer, Linear) and pictures is not None and pictures[0].size == weight.shape[1]:
        if pictures.ndim == 4:          # a flat row has the channels first
            return weight.reshape(len(weight), 3, *pictures.shape[1:3]).transpose(0, 2, 3, 1)
        return weight.reshape(len(weight), *pictures.shape[1:])
    return None
