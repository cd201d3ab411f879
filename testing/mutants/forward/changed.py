"""How a wrong forward is written: the right one runs for its cache, and something else is returned."""

from typing import Any

import numpy as np

from ....layers.core import Array, Layer

__all__ = ["instead"]


def instead(kind: type[Layer], layer: Layer, x: Any, y: Array) -> Array:
    """Run the right forward, so that there is a way back, and return ``y`` in the dtype it would have had."""
    right = kind.forward(layer, *x) if isinstance(x, tuple) else kind.forward(layer, x)
    return np.asarray(y).astype(np.asarray(right).dtype)
