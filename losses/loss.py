"""The base of every loss: what a training step minimises, and how its terms become one number."""

import math
from typing import Annotated, Any, ClassVar, NamedTuple

import numpy as np

from ..layers.core import Array, Layer, OneOf, Shape, ShapeError, as_dtype, check_choice, check_shape, show_shape

__all__ = ["REDUCTIONS", "Loss", "LossCache", "Reduction"]

REDUCTIONS = ("mean", "sum", "none")
Reduction = Annotated[str, OneOf(*REDUCTIONS)]


class LossCache(NamedTuple):
    """What a loss keeps for backward: its own part, and what the reduction needs to know of the terms."""

    own: Any
    shape: Shape
    dtype: np.dtype[Any]
    divisor: float


class Loss(Layer):
    """How far a prediction is from its target: terms, which ``reduction`` turns into one number.

    A subclass writes ``terms`` and its derivatives ``terms_backward`` and ``terms_hvp``; losses of every element
    alone extend ``ElementwiseLoss``, losses of one score per class ``ClassLoss``, and write still less.

    Formula: loss = terms.sum() / divisor for "mean", terms.sum() for "sum", terms themselves for "none"

    Gradients:
        grad_prediction = scale * d terms / d prediction, scale = grad_out / divisor ("mean") or grad_out

    Raises: UnknownNameError for an unknown reduction, StateError for backward or hvp before forward.

    Source: Goodfellow et al. 2016, section 8.1.3; names and numbers as in torch.nn.
    """

    forward_mode_gap = "the end of a network has hvp, the product with its Hessian, where layers have jvp"

    reductions: ClassVar[tuple[str, ...]] = REDUCTIONS

    def __init__(self, reduction: Reduction = "mean") -> None:
        self.reduction = check_choice(reduction, self.reductions, name="reduction", owner=type(self).__name__)

    def terms(self, prediction: Any, target: Any) -> tuple[Array, Any]:
        """Check the arguments; return the terms to be reduced, and what their derivatives need."""
        raise NotImplementedError(f"{type(self).__name__}.terms")

    def terms_backward(self, own: Any, scale: float | Array) -> Any:
        """Return the gradient of ``(scale * terms).sum()`` with respect to the prediction."""
        raise NotImplementedError(f"{type(self).__name__}.terms_backward")

    def terms_hvp(self, own: Any, scale: float, prediction_dot: Any) -> Any:
        """Return the Hessian of ``(scale * terms).sum()`` in the prediction, times ``prediction_dot``."""
        raise NotImplementedError(f"{type(self).__name__}.terms_hvp")

    def divisor(self, terms: Array, own: Any) -> float:
        """Return what ``reduction="mean"`` divides the sum by: the number of terms, unless they have weights."""
        return terms.size

    def forward(self, prediction: Any, target: Any) -> Any:
        """Return the loss, a Python float; for ``reduction="none"`` the array of its terms."""
        terms, own = self.terms(prediction, target)
        divisor = self.divisor(terms, own) if self.reduction not in ("sum", "none") else 1.0
        self.cache = LossCache(own, terms.shape, terms.dtype, divisor)
        if self.reduction == "none":
            return terms
        return float(terms.sum()) / divisor if divisor else math.nan    # the mean of nothing, as in PyTorch

    def backward(self, grad_out: float | Array = 1.0) -> Any:
        """Return the gradient of the prediction, in its dtype; ``grad_out`` is an array for ``reduction="none"``."""
        own, shape, dtype, divisor = self.saved()
        if self.reduction == "none":
            check_shape(grad_out if shape else np.asarray(grad_out, dtype), shape, name="grad_out", owner=self)
            scale: float | Array = as_dtype(np.asarray(grad_out), dtype)
        elif np.ndim(grad_out):
            raise ShapeError(f"{self.title} expected grad_out as one number, got shape "
                             f"{show_shape(np.shape(grad_out))}; only reduction='none' takes an array")
        else:
            scale = float(grad_out) / divisor if divisor else 0.0
        return self.terms_backward(own, scale) if self.needs_input_grad else None

    def hvp(self, prediction_dot: Any) -> Any:
        """Return the Hessian of the loss in the prediction, times ``prediction_dot`` (for "none": of the sum)."""
        own, _, _, divisor = self.point()
        return self.terms_hvp(own, 1 / divisor if divisor else 0.0, prediction_dot)
