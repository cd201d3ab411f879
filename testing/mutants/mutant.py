"""What a wrong backward is: a method that takes the place of a right one, a family of mistakes, a sentence on why."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np

from ...layers.core import Array, Layer
from ...losses import Loss
from ..layer import check_layer
from ..loss import check_loss
from ..report import Report

__all__ = ["FAMILIES", "Mutant", "Subject", "each", "with_methods"]

Method = TypeVar("Method", bound=Callable[..., Any])

FAMILIES = {
    "accumulate": "gradients are overwritten where they must be added, or added twice",
    "argument": "an argument is changed in place",
    "batch": "the entries of a batch are mixed or left out",
    "cache": "backward reads what another call left",
    "dtype": "the result comes in another dtype",
    "factor": "a factor is missing or too many",
    "formula": "the derivative is that of another function",
    "frozen": "a frozen parameter is not left alone",
    "mask": "a mask is missing, turned round, or taken from the wrong array",
    "mean": "a mean stands where a sum belongs, or the other way round",
    "mode": "training and evaluation are mixed up",
    "order": "axes, windows or parts are transposed, flipped or swapped",
    "path": "one path of the gradient is forgotten",
    "sign": "the sign is wrong",
    "upstream": "the upstream gradient is ignored, or only right for some",
}
"""The kinds of mistakes, each with what is common to them."""


@dataclass(frozen=True)
class Mutant:
    """A named wrong implementation of one method of a layer or loss.

    Attributes:
        name:        ``Linear.backward: weight gradient overwritten``
        subject:     the class it is wrong for, and an example on which it shows
        family:      one of FAMILIES
        method:      the method it replaces
        explanation: a sentence on what is wrong
    """

    name: str
    subject: "Subject"
    family: str
    method: str
    explanation: str
    wrong: Callable[..., Any]

    def of(self, layer: Layer) -> Layer:
        """Return a copy of a layer of the subject's class that makes this mistake."""
        mutant = deepcopy(layer)
        mutant.__class__ = type(type(layer).__name__, (type(layer),), {self.method: self.wrong})
        return mutant

    def make(self) -> Layer:
        """Return the example that makes this mistake."""
        return self.of(self.subject.make())

    def check(self, seed: int = 0, entries: int = 24) -> Report:
        """Run the contract battery on the wrong example, up to the first problem."""
        return self.subject.check(self.make(), seed, entries, brief=True)


def each(change: Callable[[Array], Array], arrays: Any) -> Any:
    """Apply a change to an array, or to every array of a tuple; None stays None."""
    if isinstance(arrays, tuple):
        return tuple(each(change, array) for array in arrays)
    return arrays if arrays is None else np.asarray(change(arrays))


def with_methods(layer: Any, grad_out: Any, **methods: Any) -> Any:
    """Go back with other methods than those of the way forward, ``backward`` that of a base if it is among them."""
    right, back = type(layer), methods.pop("backward", None)
    layer.__class__ = type(right.__name__, (right,), methods)
    try:
        return super(right, layer).backward(grad_out) if back is None else back(layer, grad_out)
    finally:
        layer.__class__ = right


@dataclass
class Subject:
    """A class of layers or losses, an example of it, and the mistakes known of it.

    ``x`` are the arguments of ``check_layer``, or prediction and target for ``check_loss``, or a function that makes
    them; whole numbers among them have no gradient, and then neither has any mistake in it (``has_input_grad``).
    """

    kind: type[Layer]
    make: Callable[[], Layer]
    x: tuple[Any, ...] | Callable[[], tuple[Any, ...]]
    batch_axis: int | None = 0
    has_input_grad: bool = True
    mutants: list[Mutant] = field(default_factory=list)

    def wrong(self, family: str, method: str = "backward") -> Callable[[Method], Method]:
        """Enter a function as a wrong ``method``: its name in words says what is wrong, its docstring explains."""
        def enter(function: Method) -> Method:
            name = f"{self.kind.__name__}.{method}: {function.__name__.strip('_').replace('_', ' ')}"
            explanation = " ".join((function.__doc__ or "").split())
            self.mutants.append(Mutant(name, self, family, method, explanation, function))
            return function
        return enter

    def arguments(self) -> tuple[Any, ...]:
        """Return what the example is checked on."""
        return self.x() if callable(self.x) else self.x

    def check(self, layer: Layer, seed: int = 0, entries: int = 24, brief: bool = False) -> Report:
        """Run the contract battery on an instance of the class, right or wrong."""
        options: dict[str, Any] = {"batch_axis": self.batch_axis, "seed": seed, "entries": entries, "brief": brief}
        if isinstance(layer, Loss):
            return check_loss(layer, *self.arguments(), **options)
        return check_layer(layer, *self.arguments(), **options)
