"""What the other ways to train a network have in common: the network's own layers, under the names they have there."""

from collections.abc import Iterator
from typing import Self

from ..layers.core import Description, Layer, Shape
from ..models import Model

__all__ = ["View"]


class View(Model):
    """A network that trains in another way: its layers are the network's own, so are weights, names and addresses.

    Attributes:
        model: the network
    """

    def __init__(self, model: Layer) -> None:
        self.model = model

    def describe(self, *x_shapes: Shape) -> Description:
        """The network's own description."""
        return self.model.describe(*x_shapes)

    def children(self) -> Iterator[tuple[str, Layer]]:
        """Yield the network's own layers."""
        yield from self.model.children()

    def train(self, mode: bool = True) -> Self:
        """Switch the network and all below to training (True) or evaluation (False); return self."""
        self.model.train(mode)
        self.training = mode
        return self

    def place(self, name: str) -> str:
        """Return how errors name a layer, by its address in the network."""
        owner, places = self.model, []
        for part in name.split("."):
            places.append(owner.place(part))
            owner = dict(owner.children()).get(part, owner)
        return " in ".join(reversed(places))
