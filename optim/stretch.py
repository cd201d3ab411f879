"""The memory of an optimiser: for a contiguous stretch of parameters, as much state as its rule asks for."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np

from ..layers.core import Array, Parameter, Span, StateError

__all__ = ["Run", "Stretch"]


class Run(NamedTuple):
    """A part of a stretch that moves as one: all of its parameters take their ``step``-th step."""

    start: int
    stop: int
    step: int


class Stretch:
    """A span of parameters, how many steps each has taken, and flat arrays of state beside ``span.data``.

    Attributes:
        span:  where the parameters lie
        steps: number of steps of each parameter; those that no backward pass reached were left out
        state: arrays as long as the span, by name
    """

    def __init__(self, span: Span) -> None:
        self.span = span
        self.steps = [0] * len(span.parameters)
        self.state: dict[str, Array] = {}

    def runs(self) -> Iterator[Run]:
        """Count a step of every parameter that a backward pass has reached; yield the fewest runs of them.

        Usually that is one run, the whole stretch; PyTorch skips parameters whose ``grad`` is None one by one.
        """
        run: Run | None = None
        for index, (start, stop, parameter) in enumerate(self.places()):
            if parameter.reached and parameter.requires_grad:
                self.steps[index] += 1
                step = self.steps[index]
                if run is not None and run.stop == start and run.step == step:
                    run = Run(run.start, stop, step)
                    continue
                if run is not None:
                    yield run
                run = Run(start, stop, step)
        if run is not None:
            yield run

    def places(self) -> Iterator[tuple[int, int, Parameter]]:
        """Yield start and stop of every parameter within the stretch, and the parameter."""
        start = 0
        for parameter in self.span.parameters:
            yield start, start + parameter.size, parameter
            start += parameter.size

    def check(self, owner: str) -> None:
        """Raise StateError if a parameter no longer lies where it lay when the optimiser was made."""
        if any(parameter.store is not self.span.store for parameter in self.span.parameters):
            raise StateError(f"{owner} no longer owns its parameters: astype() gave them new memory after the "
                             f"optimiser was made; call astype() first, then make the optimiser")

    def ensure(self, names: Iterable[str]) -> None:
        """Provide the named state, zero where it is new."""
        for name in names:
            if name not in self.state:
                self.state[name] = np.zeros_like(self.span.data)
