"""Contiguous memory for parameters: an update is one pass, an all-reduce a few calls, all weights one vector."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from .arrays import Array
from .parameter import Parameter

__all__ = ["Span", "Store", "gather", "spans"]


class Store:
    """Two flat arrays, ``data`` and ``grad``, in which the given parameters (of one dtype) lie one after the other.

    A parameter moves in once and stays, so views of it stay valid for as long as it keeps its dtype.
    """

    def __init__(self, parameters: Sequence[Parameter]) -> None:
        size = sum(parameter.size for parameter in parameters)
        self.data: Array = np.empty(size, parameters[0].dtype)
        self.grad: Array = np.empty(size, parameters[0].dtype)
        start = 0
        for parameter in parameters:
            stop = start + parameter.size
            parameter.move(self, start, self.data[start:stop], self.grad[start:stop])
            start = stop


class Span(NamedTuple):
    """A contiguous stretch of a store, and the parameters that fill it, in order."""

    store: Store
    start: int
    stop: int
    parameters: tuple[Parameter, ...]

    @property
    def data(self) -> Array:
        """The values, as one flat view."""
        return self.store.data[self.start:self.stop]

    @property
    def grad(self) -> Array:
        """The gradients, as one flat view; only read where ``Parameter.grad`` was since ``zero_grad``."""
        return self.store.grad[self.start:self.stop]


def gather(parameters: Iterable[Parameter]) -> None:
    """Move the parameters that have no store yet into new ones, one for each dtype; the others stay where they are."""
    homeless: dict[np.dtype[np.generic], dict[int, Parameter]] = {}
    for parameter in parameters:
        if parameter.store is None:
            homeless.setdefault(parameter.dtype, {})[id(parameter)] = parameter
    for group in homeless.values():
        Store(list(group.values()))


def spans(parameters: Iterable[Parameter]) -> list[Span]:
    """Return the fewest stretches of stores that cover the parameters, all of which must be in a store.

    Example:
        >>> from chainrule.layers.core import Parameter, gather, spans
        >>> a, b, c = (Parameter(np.zeros(size)) for size in (2, 3, 4))
        >>> gather([a, b, c])
        >>> [(span.start, span.stop) for span in spans([a, b])], [(span.start, span.stop) for span in spans([c, a])]
        ([(0, 5)], [(0, 2), (5, 9)])
    """
    stores: dict[int, list[tuple[Store, Parameter]]] = {}
    for parameter in parameters:
        if parameter.store is not None:
            stores.setdefault(id(parameter.store), []).append((parameter.store, parameter))
    found: list[Span] = []
    for members in stores.values():
        runs: list[Span] = []
        for store, parameter in sorted(members, key=lambda member: member[1].start):
            stop = parameter.start + parameter.size
            if runs and runs[-1].stop == parameter.start:
                last = runs.pop()
                runs.append(Span(store, last.start, stop, (*last.parameters, parameter)))
            else:
                runs.append(Span(store, parameter.start, stop, (parameter,)))
        found += runs
    return found
