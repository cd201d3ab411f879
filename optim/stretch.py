"""The memory of an optimiser: for a contiguous stretch of parameters, as much state as its rule asks for."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np

from ..layers.core import Array, Parameter, Shape, Span, StateError

__all__ = ["Run", "Stretch"]


class Run(NamedTuple):
    """A part of a stretch that moves as one: all of its parameters take their ``step``-th step."""

    start: int
    stop: int
    step: int


class Stretch:
    """A span of parameters, how many steps each has taken, and arrays of state beside the span's data.

    Attributes:
        span:  where the parameters lie
        whole: whether the span is one parameter, for a rule that is given it whole
        steps: number of steps of each parameter; those that no backward pass reached were left out
        state: arrays by name, flat and as long as the span; for a whole parameter of any shape
    """

    def __init__(self, span: Span, whole: bool = False) -> None:
        self.span = span
        self.whole = whole
        self.steps = [0] * len(span.parameters)
        self.state: dict[str, Array] = {}

    def places(self) -> Iterator[tuple[int, int, Parameter]]:
        """Yield start and stop of every parameter within the stretch, and the parameter."""
        start = 0
        for parameter in self.span.parameters:
            yield start, start + parameter.size, parameter
            start += parameter.size

    def runs(self) -> Iterator[Run]:
        """Count a step of every parameter that a backward pass has reached; yield the fewest runs of them.

        Usually that is one run, the whole stretch; PyTorch skips parameters whose ``grad`` is None one by one.
        """
        first = stop = count = 0                # of the run so far; no run is empty
        for index, (start, end, parameter) in enumerate(self.places()):
            if not (parameter.reached and parameter.requires_grad):
                continue
            _ = parameter.grad      # so that its memory holds it, even if no layer had anything to add
            step = self.steps[index] = self.steps[index] + 1
            if stop != start or step != count:
                if count:
                    yield Run(first, stop, count)
                first, count = start, step
            stop = end
        if count:
            yield Run(first, stop, count)

    def check(self, owner: str) -> None:
        """Raise StateError if a parameter no longer lies where it lay when the optimiser was made."""
        if any(parameter.store is not self.span.store for parameter in self.span.parameters):
            raise StateError(f"{owner} lost its parameters: astype() gave them new memory after the optimiser was "
                             f"made; call astype() first, then make the optimiser")

    def ensure(self, shapes: Mapping[str, Shape]) -> None:
        """Provide state of these names and shapes, zero where it is new."""
        for name, shape in shapes.items():
            if name not in self.state:
                self.state[name] = np.zeros(shape, self.span.data.dtype)

    def part(self, name: str, start: int, stop: int, shape: tuple[int, ...]) -> Array:
        """Return the named state of the elements from ``start`` to ``stop``, in their ``shape``, as a view."""
        return self.state[name] if self.whole else self.state[name][start:stop].reshape(shape)

    def entries(self) -> Iterator[tuple[Parameter, dict[str, Any]]]:
        """Yield every parameter that has taken a step, and a copy of its step count and state."""
        for (start, stop, parameter), step in zip(self.places(), self.steps, strict=True):
            if step:
                yield parameter, {"step": step} | {name: self.part(name, start, stop, parameter.shape).copy()
                                                   for name in self.state}

    def restore(self, entries: list[Mapping[str, Any]]) -> None:
        """Take what ``entries`` yielded, one for each parameter; an empty one for those that took no step."""
        self.steps = [int(entry.get("step", bool(entry))) for entry in entries]     # torch's SGD and Muon do not count
        self.state.clear()
        arrays = [{name: np.asarray(value) for name, value in entry.items() if name != "step"} for entry in entries]
        for (start, stop, parameter), entry in zip(self.places(), arrays, strict=True):
            self.ensure({name: value.shape if self.whole else self.span.data.shape for name, value in entry.items()})
            for name, value in entry.items():
                self.part(name, start, stop, parameter.shape)[...] = value
