"""Clipping the gradient between backward pass and update."""

from typing import TYPE_CHECKING

from ...layers.core import Positive, check_range
from ...optim import clip_grad_norm_
from .callback import Callback

if TYPE_CHECKING:
    from ..trainer import Trainer

__all__ = ["ClipGradNorm"]


class ClipGradNorm(Callback):
    """Scale the gradient of all parameters down to ``max_norm`` when its norm is larger.

    Source: Pascanu, Mikolov & Bengio 2013, algorithm 1.

    Example:
        >>> model = Sequential(Linear(64, 10))
        >>> trainer = Trainer(model, CrossEntropyLoss(), SGD(model.parameters(), lr=0.1), callbacks=[ClipGradNorm(1.0)])
    """

    def __init__(self, max_norm: Positive) -> None:
        self.max_norm = check_range(max_norm, 0.0, float("inf"), name="max_norm", owner="ClipGradNorm", open_low=True)

    def on_backward_end(self, trainer: "Trainer", loss: float) -> None:
        clip_grad_norm_(trainer.model.parameters(), self.max_norm)
