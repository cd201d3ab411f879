"""Whether the untrained network guesses, as it should."""

import math

import numpy as np

from ...layers.core import Array, flatten
from ...losses import (
    BCELoss,
    BCEWithLogitsLoss,
    CrossEntropyLoss,
    HuberLoss,
    L1Loss,
    Loss,
    MSELoss,
    NLLLoss,
    SmoothL1Loss,
)
from .patient import Patient, pure_loss, steady_training
from .verdict import Verdict

__all__ = ["check_initial_loss"]

TITLE = "loss at chance"
CLOSE = 1.5                 # times the loss of chance
FAR, FAR_NUMBERS = 4.0, 40.0


def check_initial_loss(patient: Patient) -> Verdict:
    """Hold the loss of random weights against that of a guess: log(C) for C classes, for numbers that of their mean.

    Source: CS231n, notes on learning, sanity checks: "Look for correct loss at chance performance".
    """
    x, y = patient.some(500)
    twin = patient.twin()
    with steady_training(twin), patient.clock():
        prediction = flatten(twin.model.forward(*flatten(x)))[0]
    loss = pure_loss(twin)
    guess = _guess(loss, prediction, y)
    if guess is None:
        return Verdict(TITLE, "skipped", f"what {loss.title} is at chance is not known")
    with patient.clock():
        chance, first = loss.forward(guess, y), loss.forward(prediction, y)
    facts = f"{first:.4g} with random weights, {chance:.4g} by guessing"
    numbers = isinstance(loss, (MSELoss, L1Loss, SmoothL1Loss, HuberLoss))
    if not math.isfinite(first):
        return Verdict(TITLE, "bad", facts, "look for infinite or missing numbers in the data, and for layers such as "
                                            "Log that can not take every input")
    if first > (FAR if numbers else CLOSE) * chance and first - chance > 1e-6:
        return Verdict(TITLE, "odd" if first < (FAR_NUMBERS if numbers else FAR) * chance else "bad", facts,
                       "standardise the targets, or let the last bias begin at their mean" if numbers else
                       "the first scores are too large: standardise the inputs (data.standardize), or lower the "
                       "initial weights of the last layer")
    if first * CLOSE < chance:
        return Verdict(TITLE, "bad", facts, "it knows before it has learned: look whether the targets are among the "
                                            "inputs, and whether loss and last layer belong together")
    return Verdict(TITLE, "good", facts)


def _guess(loss: Loss, prediction: Array, y: Array) -> Array | None:
    """Return the prediction of somebody who does not look at the inputs."""
    if isinstance(loss, (CrossEntropyLoss, BCEWithLogitsLoss)):
        return np.zeros(prediction.shape, prediction.dtype)
    if isinstance(loss, NLLLoss):
        return np.full(prediction.shape, -math.log(prediction.shape[1]), prediction.dtype)
    if isinstance(loss, BCELoss):
        return np.full(prediction.shape, 0.5, prediction.dtype)
    if isinstance(loss, (MSELoss, L1Loss, SmoothL1Loss, HuberLoss)):
        return np.broadcast_to(y.mean(axis=0), y.shape).astype(prediction.dtype)
    return None
