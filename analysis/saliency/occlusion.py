"""What the score loses when a part of the input is covered."""

from itertools import product
from typing import Any

import numpy as np

from ...layers.core import Array, Layer, Size, as_dtype, check_size
from .score import Target, chosen, scores_of

__all__ = ["occlusion"]


def occlusion(model: Layer, x: Array, target: Target = None, size: Size | None = None, stride: Size = 1,
              value: float = 0.0) -> Array:
    """Return for every input how much the score falls when it is covered, the mean over all patches that cover it.

    A patch has ``size`` inputs along every axis but those of samples and channels, where it covers all; it moves by
    ``stride``, and the last one stands at the border. By default it is a quarter of the longest axis of an image, and
    a single input where there is but one axis. ``value`` is what covers.

    Cost: a forward pass for every place of the patch.

    Source: Zeiler & Fergus 2014, section 4.2.

    Example:
        >>> from chainrule.analysis.saliency import occlusion
        >>> model = Sequential(Linear(2, 1))
        >>> model[0].weight.data = np.array([[3.0, -1.0]], np.float32)
        >>> occlusion(model, np.ones((1, 2), np.float32)).round(3).tolist()
        [[3.0, -1.0]]
    """
    sides = x.shape[1:] if x.ndim == 2 else x.shape[2:]
    size = check_size(size if size is not None else max(1, max(sides) // 4) if len(sides) > 1 else 1, "size",
                      "occlusion")
    check_size(stride, "stride", "occlusion")
    classes, rows = chosen(model, x, target), np.arange(len(x))
    before = scores_of(model, x)[rows, classes]
    fallen: Array = np.zeros(x.shape)
    covered: Array = np.zeros(x.shape)
    for corner in product(*(_starts(side, size, stride) for side in sides)):
        patch: tuple[Any, ...] = (..., *(slice(start, start + size) for start in corner))
        hidden = x.copy()
        hidden[patch] = value
        fall = before - scores_of(model, hidden)[rows, classes]
        fallen[patch] += fall.reshape(-1, *(1,) * (x.ndim - 1))
        covered[patch] += 1
    return as_dtype(fallen / np.maximum(covered, 1), x.dtype)


def _starts(side: int, size: int, stride: int) -> list[int]:
    last = max(side - size, 0)
    return sorted({*range(0, last + 1, stride), last})
