"""``training.memory:`` in a config: the network in less memory, by computing some of it twice."""

from dataclasses import dataclass
from typing import Literal

from ...backprop import plan
from ...layers.core import Layer, Shape

__all__ = ["Memory"]


@dataclass(frozen=True, kw_only=True)
class Memory:
    """``training.memory:`` a budget for values, caches and gradients; the weights that come out are the same.

    Attributes:
        budget:    bytes such as 200MB, or a part of the plain run such as 40%; nothing (null): as it comes
        objective: time: compute as little again as fits; memory: the smallest peak that is known
    """

    budget: str | None = None
    objective: Literal["time", "memory"] = "time"

    def planned(self, model: Layer, x_shapes: tuple[Shape, ...]) -> Layer:
        """Return the network with a schedule that keeps to the budget, or as it is if there is none.

        Raises: ValueRangeError for a budget that can not be kept to, DtypeError for a network that is one layer.
        """
        return model if self.budget is None else plan(model, *x_shapes, budget=self.budget, objective=self.objective)
