"""What an optimiser is asked and answers: how far each step moves the parameters, whose gradients are given."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from ...layers.core import Array, Parameter, manual_seed
from ...optim.optimizer import Optimizer
from .answers import Answers
from .raised import told_of

__all__ = ["Make", "Steps", "ask_optimizer", "steps_for"]

Make = Callable[[Sequence[Parameter]], Optimizer]
"""Makes an optimiser of parameters: ``lambda params: Adam(params, lr=0.1)``."""

NAMES = ("weight", "bias")


class Steps(NamedTuple):
    """Where the parameters begin, and their gradients step by step; None where no backward pass has come by."""

    start: tuple[Array, ...]
    gradients: tuple[tuple[Array | None, ...], ...]


def steps_for(seed: int = 0, count: int = 5) -> Steps:
    """Draw the question: two parameters, ``count`` steps, in the third of which the second is not reached."""
    rng = np.random.default_rng(seed)
    start = tuple(rng.standard_normal(shape) for shape in ((3, 4), (5,)))
    gradients = [tuple(rng.standard_normal(array.shape) * rng.uniform(0.1, 3, array.shape) for array in start)
                 for _ in range(count)]
    return Steps(start, tuple((first, None if number == 2 else second)
                              for number, (first, second) in enumerate(gradients)))


def ask_optimizer(make: Make, steps: Steps) -> Answers:
    """Let an optimiser take steps; return the move of each parameter in each, and what it did to the gradients."""
    answers: Answers = {}
    try:
        for name, value in _moves(make, steps):
            answers[name] = np.array(value)
    except Exception as error:      # whatever a wrong optimiser raises is its answer
        answers["once/error"] = np.array(told_of(error))
    return answers


def _moves(make: Make, steps: Steps) -> Iterator[tuple[str, Any]]:
    manual_seed(0)
    parameters = [Parameter(array, dtype=np.float64) for array in steps.start]
    optimizer = make(parameters)
    for number, gradients in enumerate(steps.gradients, 1):
        optimizer.zero_grad()
        before = [parameter.data.copy() for parameter in parameters]
        for parameter, gradient in zip(parameters, gradients, strict=True):
            if gradient is not None:
                parameter.grad = gradient
        optimizer.step()
        for name, parameter, old, gradient in zip(NAMES, parameters, before, gradients, strict=True):
            way = "once" if number == 1 else f"step {number}"
            yield f"{way}/move of {name}", parameter.data - old
            if gradient is not None and not np.array_equal(parameter.grad, gradient):
                yield f"{way}/gradient of {name} after step", parameter.grad
