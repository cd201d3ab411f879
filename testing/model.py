"""The gradient check of a whole network: the loss of a batch against central differences of its parameters."""

from typing import Any

import numpy as np

from ..layers.core import Layer, get_rng_state, set_rng_state
from ..losses import Loss
from .derivatives import forward_repeats, gradients
from .layer import run_check, start
from .objective import Objective
from .report import Report
from .trial import as_float, draw

__all__ = ["check_model"]


def check_model(model: Layer, loss: Loss, x: Any, target: Any, *, seed: int = 0, entries: int = 8,
                tolerance: float = 1e-5) -> Report:
    """Check the gradients of the loss that a model has on a batch, in the mode the model is in.

    ``x`` and ``target`` are shapes or arrays as in ``check_layer``; several inputs are a tuple. Everything runs on a
    float64 copy whose parameters are moved a little. Of every parameter, and of the input, ``entries`` random entries
    and one random direction through all of them are compared with central differences.

    Source: Goodfellow et al. 2016, section 11.5.

    Example:
        >>> from chainrule.testing import check_model
        >>> check_model(Linear(5, 3), CrossEntropyLoss(), (7, 5), np.array([0, 1, 2, 0, 1, 2, 0])).problems
        []
    """
    report = Report(f"{model.title} with {loss.title}")
    random_state = get_rng_state()
    try:
        given, held = draw((x, target), np.random.default_rng(seed))
        objective = Objective(loss, as_float(held, np.float64), model)
        trial = start(report, "as it is", objective, given if isinstance(given, tuple) else (given,), model.training,
                      seed)
        if trial:
            run_check(report, "as it is", forward_repeats, trial)
            run_check(report, "as it is", gradients, trial, entries, tolerance)
    finally:
        set_rng_state(random_state)
    return report
