"""What a wrong step of an optimiser is: a rule that takes the place of a right one, a family, a sentence on why."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ...layers.core import Array
from ...optim import Optimizer

__all__ = ["OptimizerMutant", "OptimizerSubject", "State"]

State = dict[str, Array]
Update = Callable[[Any, Array, Array, State, int, dict[str, Any]], None]


@dataclass(frozen=True)
class OptimizerMutant:
    """A named wrong step; the fields are those of ``Mutant``."""

    name: str
    kind: type[Optimizer]
    make: Callable[[Any], Optimizer]
    family: str
    explanation: str
    wrong: Update
    method: str

    def of(self, optimizer: Optimizer) -> Optimizer:
        """Make an optimiser of the class take this wrong step."""
        right = type(optimizer)
        optimizer.__class__ = type(right.__name__, (right,), {self.method: self.wrong})
        return optimizer


@dataclass(frozen=True)
class OptimizerSubject:
    """A class of optimisers, an example of it, and the mistakes known of it."""

    kind: type[Optimizer]
    make: Callable[[Any], Optimizer]
    mutants: list[OptimizerMutant]

    def wrong(self, family: str, method: str = "update") -> Callable[[Update], Update]:
        """Enter a function as a wrong step: its name in words says what is wrong, its docstring explains."""
        def enter(function: Update) -> Update:
            name = f"{self.kind.__name__}.step: {function.__name__.replace('_', ' ')}"
            self.mutants.append(OptimizerMutant(name, self.kind, self.make, family,
                                                " ".join((function.__doc__ or "").split()), function, method))
            return function
        return enter
