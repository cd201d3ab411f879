"""The loss of a network on one batch as a function to be called: what an optimiser's ``step`` is given."""

from collections.abc import Callable, Sequence
from typing import Any

from ..layers.core import Array, Layer, flatten
from ..losses import Loss, Penalty
from .micro_batches import taken
from .step import add_gradient

__all__ = ["Objective"]


class Objective:
    """The closure of a step: a call clears the gradients, computes loss and gradients anew, and returns the loss.

    It is more than a closure for methods that ask more: ``value`` goes forward only, and products with curvature are
    taken of ``model`` and ``loss`` on ``x`` and ``y``. A Trainer hands its own ``closure``, whose loss and gradients
    have the penalties in them.

    Example:
        >>> from chainrule.training import Objective
        >>> model = Linear(3, 1)
        >>> objective = Objective(model, MSELoss(), np.ones((4, 3), np.float32), np.zeros((4, 1), np.float32))
        >>> objective() == objective.value()
        True
    """

    def __init__(self, model: Layer, loss: Loss, x: Any, y: Array, penalties: Sequence[Penalty] = (),
                 closure: Callable[[], float] | None = None) -> None:
        self.model = model
        self.loss = loss
        self.x = x
        self.y = y
        self.penalties = penalties
        self.closure = closure

    def __call__(self) -> float:
        if self.closure is not None:
            return self.closure()
        self.model.zero_grad()
        found = add_gradient(self.model, self.loss, self.x, self.y)
        return found.loss + sum(penalty.add_gradient(found.prediction) for penalty in self.penalties)

    def value(self) -> float:
        """Return the loss, penalties and all, without gradients."""
        prediction = self.model.forward(*flatten(self.x))
        value: float = self.loss.forward(prediction, self.y)
        return value + sum(penalty.price(prediction) for penalty in self.penalties)

    def part(self, rows: Array) -> "Objective":
        """Return the objective on some samples of the batch alone."""
        return Objective(self.model, self.loss, taken(self.x, rows), taken(self.y, rows), self.penalties)
