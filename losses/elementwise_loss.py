"""Losses that compare every element of the prediction with the same element of the target: they differ in a formula."""

from typing import NamedTuple

import numpy as np

from ..layers.core import Array, Buffer, Shape, ShapeError, as_dtype, check_shape, show_shape
from .loss import Loss

__all__ = ["ElementwiseCache", "ElementwiseLoss"]


class ElementwiseCache(NamedTuple):
    """The point at which slope and curvature are taken."""

    prediction: Array
    target: Array


class ElementwiseLoss(Loss):
    """A loss with one term for every element, ``weight * value(prediction, target)``.

    A subclass writes ``value``, ``slope`` and ``curvature``, the derivatives with respect to the prediction. A
    ``weight``, for losses that have one, is a Buffer that broadcasts to the prediction.

    Shapes:
        prediction: any
        target:     that of prediction; nothing is broadcast

    Gradients:
        grad_prediction = scale * weight * slope(prediction, target)

    Cost: keeps ``prediction`` and ``target``.

    Source: Goodfellow et al. 2016, section 6.2.2.
    """

    weight: Buffer | None = None

    def value(self, prediction: Array, target: Array) -> Array:
        """Return the loss of every element."""
        raise NotImplementedError(f"{type(self).__name__}.value")

    def slope(self, prediction: Array, target: Array) -> Array:
        """Return its first derivative with respect to the prediction."""
        raise NotImplementedError(f"{type(self).__name__}.slope")

    def curvature(self, prediction: Array, target: Array) -> Array | float:
        """Return its second derivative; zero almost everywhere if the loss is locally linear."""
        if self.locally_linear:
            return 0.0
        raise NotImplementedError(f"{type(self).__name__}.curvature")

    def terms(self, prediction: Array, target: Array) -> tuple[Array, ElementwiseCache]:
        check_shape(prediction, (...,), name="prediction", owner=self)
        check_shape(target, prediction.shape, name="target", owner=self)
        own = ElementwiseCache(prediction, as_dtype(target, prediction.dtype))
        return self._weighed(self.value(*own)), own

    def terms_backward(self, own: ElementwiseCache, scale: float | Array) -> Array:
        return self._weighed(self.slope(*own)) * scale

    def terms_hvp(self, own: ElementwiseCache, scale: float, prediction_dot: Array) -> Array:
        check_shape(prediction_dot, own.prediction.shape, name="prediction_dot", owner=self)
        return self._weighed(as_dtype(prediction_dot, own.prediction.dtype) * self.curvature(*own)) * scale

    def hint(self, name: str, shape: Shape) -> str:
        """A target of another shape would be broadcast: every prediction against every target."""
        return "reshape one to the shape of the other" if name == "target" else ""

    def _weighed(self, terms: Array) -> Array:
        return np.asarray(terms if self.weight is None else terms * self.factor("weight", self.weight, terms))

    def factor(self, name: str, buffer: Buffer, prediction: Array) -> Array:
        """Return a weight in the prediction's dtype, after checking that it broadcasts to the prediction."""
        try:
            fits = np.broadcast_shapes(buffer.data.shape, prediction.shape) == prediction.shape
        except ValueError:
            fits = False
        if not fits:
            raise ShapeError(f"{self.title} expected {name} of a shape that broadcasts to that of the prediction, "
                             f"{show_shape(prediction.shape)}, got {show_shape(buffer.data.shape)}")
        return as_dtype(buffer.data, prediction.dtype)
