"""An example of an exported class, and how the contract battery is run on it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from chainrule.layers import Layer
from chainrule.losses import Loss
from chainrule.testing import Report, check_layer, check_loss


@dataclass(frozen=True)
class Case:
    """An example: how to make it, and the shape (or array) of its input; a tuple of these if it has several."""

    make: Callable[[], Layer]
    x: Any
    target: Any = None
    batch_axis: int | None = 0

    def check(self, **options: Any) -> Report:
        """Run the contract battery on the example."""
        if isinstance(self.make(), Loss):
            return check_loss(self.make(), self.x, self.target, batch_axis=self.batch_axis, **options)
        several = isinstance(self.x, tuple) and not all(isinstance(size, int) for size in self.x)
        return check_layer(self.make(), *(self.x if several else (self.x,)), batch_axis=self.batch_axis, **options)
