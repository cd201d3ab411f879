"""A loss with its target held, behind a model or alone: a function of the input, and so a layer like any other."""

from typing import Any

import numpy as np

from ..layers.core import Layer, call, call_back
from ..losses import Loss

__all__ = ["Objective"]


class Objective(Layer):
    """What is minimised, as a function of the input alone: ``y = loss(model(x), target)``.

    Several inputs without a model are one prediction that is a tuple.

    Gradients:
        grad_x = model.backward(loss.backward(grad_out))
    """

    def __init__(self, loss: Loss, target: Any, model: Layer | None = None) -> None:
        self.loss, self.target, self.model = loss, target, model

    def forward(self, *x: Any) -> Any:
        prediction, model_entry = call(self.model, *x) if self.model else (x[0] if len(x) == 1 else x, None)
        y, loss_entry = call(self.loss, prediction, self.target)
        self.cache = (model_entry, loss_entry)
        return np.asarray(y)

    def backward(self, grad_out: Any) -> Any:
        model_entry, loss_entry = self.saved()
        grad_out = grad_out if np.ndim(grad_out) else float(grad_out)
        if self.model is None:
            return call_back(self.loss, loss_entry, grad_out, needs_input_grad=self.needs_input_grad)
        grad_prediction = call_back(self.loss, loss_entry, grad_out)
        return call_back(self.model, model_entry, grad_prediction, needs_input_grad=self.needs_input_grad)

    @property
    def title(self) -> str:
        """The loss, and the model if there is one, by their own titles."""
        return self.loss.title if self.model is None else f"{self.model.title} with {self.loss.title}"
