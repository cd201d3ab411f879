"""Noise on the gradient, which fades as training goes on."""

import math
from typing import TYPE_CHECKING

import numpy as np

from ...layers.core import NonNegative, check_range, default_rng
from .callback import Callback

if TYPE_CHECKING:
    from ..trainer import Trainer

__all__ = ["GradientNoise"]


class GradientNoise(Callback):
    """Add normal noise to every gradient before the step; it helps deep networks out of bad beginnings.

    Formula: grad += normal(0, variance), variance = eta / (1 + steps)**gamma

    Attributes:
        steps: the steps so far

    Source: Neelakantan et al. 2015, equation 1, who took eta from 0.01, 0.3 and 1.

    Example:
        >>> model = Sequential(Linear(64, 10))
        >>> noise = GradientNoise(eta=0.01)
        >>> trainer = Trainer(model, CrossEntropyLoss(), SGD(model.parameters(), lr=0.1), callbacks=[noise])
    """

    state_names = ("steps",)

    def __init__(self, eta: NonNegative = 0.01, gamma: NonNegative = 0.55, *,
                 rng: np.random.Generator | None = None) -> None:
        self.eta = check_range(eta, 0.0, math.inf, name="eta", owner="GradientNoise", open_high=True)
        self.gamma = check_range(gamma, 0.0, math.inf, name="gamma", owner="GradientNoise", open_high=True)
        self.rng = rng
        self.steps = 0

    def on_fit_begin(self, trainer: "Trainer") -> None:
        if trainer.epoch == 0:
            self.steps = 0

    def on_backward_end(self, trainer: "Trainer", loss: float) -> None:
        deviation, draw = math.sqrt(self.eta / (1 + self.steps) ** self.gamma), default_rng(self.rng).standard_normal
        for parameter in trainer.model.parameters():
            if parameter.reached and parameter.requires_grad:
                noise = (deviation * draw(parameter.shape)).astype(parameter.dtype)
                trainer.communicator.broadcast_(noise)      # for each of several processes draws its own
                parameter.grad += noise

    def on_batch_end(self, trainer: "Trainer", loss: float) -> None:
        self.steps += 1
