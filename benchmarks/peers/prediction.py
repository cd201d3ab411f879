"""The memory of a training step as the layers' descriptions have it: nothing is run."""

from math import prod
from typing import TypedDict

import numpy as np

from chainrule.layers.core import Description, Field, Layer, Observer, Shape, call_describe, observe

__all__ = ["Prediction", "predict"]


class Prediction(TypedDict):
    """Bytes of parameters with gradients and optimiser state, of data, of caches, and of what flows between layers."""

    parameters: int
    data: int
    caches: int
    flow: int


class Widest(Observer):
    """Remembers the largest input and output of one layer: the gradients that are alive at once on the way back."""

    size = 0

    def after_describe(self, path: tuple[str, ...], layer: Layer, x_shapes: tuple[Shape, ...],
                       description: Description, before: Field) -> None:
        """See what a layer says of itself."""
        if next(layer.children(), None) is None:
            self.size = max(self.size, sum(map(prod, (*x_shapes, *description.y_shapes))))


def predict(model: Layer, x: tuple[np.ndarray, ...], y: np.ndarray | None, states: int) -> Prediction:
    """Return the prediction for inputs ``x``, a target ``y`` and an optimiser with so many arrays per parameter."""
    widest = Widest()
    with observe(widest):
        description, _ = call_describe(model, *(part.shape for part in x))
    return Prediction(parameters=(2 + states) * 4 * description.parameters,
                      data=sum(part.nbytes for part in (*x, *([] if y is None else [y]))),
                      caches=description.cache_bytes(), flow=4 * widest.size)
