"""Layers one after the other: the chain rule, link by link."""

from collections.abc import Iterator
from typing import Any, Self

from ..layers.core import Description, Layer, Shape, Tally, call, call_back, call_back_jvp, call_jvp
from .model import Model, check_layers, spread, trains

__all__ = ["Sequential"]


class Sequential(Model):
    """Layers one after the other, ``y = layers[-1](… layers[1](layers[0](x)))``.

    A layer with several outputs hands them to the next one as several inputs; ``Select(i)`` picks one of them.

    Gradients:
        grad = layer.backward(grad), from the last layer to the first          (BP2, link by link)

    Cost: the sum of its layers'; keeps one entry per layer.

    Source: Goodfellow et al. 2016, algorithm 6.4; interface of torch.nn.Sequential.

    Example:
        >>> from chainrule.layers import Linear, Tanh
        >>> model = Sequential(Linear(4, 3), Tanh(), Linear(3, 2))
        >>> model.forward(np.ones((5, 4), np.float32)).shape, len(model), model[-1]
        ((5, 2), 3, Linear(3, 2))
    """

    def __init__(self, *layers: Layer) -> None:
        self.layers = check_layers(layers, "Sequential")

    def forward(self, *x: Any) -> Any:
        self.cache = None                       # if a layer raises, nothing stale is left to go back with
        entries = []
        for index, layer in enumerate(self.layers):
            y, entry = call(layer, *x, at=(self, str(index)))
            entries.append(entry)
            x = spread(y)
        self.cache = tuple(entries)
        return x[0] if len(x) == 1 else x

    def backward(self, grad_out: Any) -> Any:
        entries, whole = self.saved(), self.needs_input_grad
        first = 0 if whole else next((i for i, layer in enumerate(self.layers) if trains(layer)), len(self.layers))
        for index in reversed(range(first, len(self.layers))):      # before the first, nobody wants a gradient
            grad_out = call_back(self.layers[index], entries[index], grad_out, at=(self, str(index)),
                                 needs_input_grad=whole or index > first)
        return grad_out if whole else None

    def jvp(self, *x_dot: Any) -> Any:
        tangents = []
        for index, (layer, entry) in enumerate(zip(self.layers, self.point(), strict=True)):
            y_dot, tangent = call_jvp(layer, entry, *x_dot, at=(self, str(index)))
            tangents.append(tangent)
            x_dot = spread(y_dot)
        self.tangent = tuple(tangents)
        return x_dot[0] if len(x_dot) == 1 else x_dot

    def backward_jvp(self, grad_out: Any, grad_out_dot: Any) -> tuple[Any, Any]:
        steps = zip(self.layers, self.saved(), self.saved_tangent(), strict=True)
        for index, (layer, entry, tangent) in reversed(list(enumerate(steps))):
            grad_out, grad_out_dot = call_back_jvp(layer, entry, tangent, grad_out, grad_out_dot,
                                                   at=(self, str(index)))
        return grad_out, grad_out_dot

    def describe(self, *x_shapes: Shape) -> Description:
        """The layers' own descriptions added up; memory that two of them keep counts once."""
        tally = Tally(self, x_shapes)
        names = tally.inputs
        for index, layer in enumerate(self.layers):
            names = tally.add(str(index), layer, names)
        return tally.result(names)

    def children(self) -> Iterator[tuple[str, Layer]]:
        """Yield the layers under the names ``"0"``, ``"1"``, …"""
        return ((str(index), layer) for index, layer in enumerate(self.layers))

    def place(self, name: str) -> str:
        """Return how errors name a layer: ``layer 3 of 5 of Sequential``."""
        return f"layer {int(name) + 1} of {len(self.layers)} of {type(self).__name__}"

    def append(self, layer: Layer) -> Self:
        """Put a layer at the end; return self."""
        self.layers += check_layers([layer], "Sequential")
        return self

    def __len__(self) -> int:
        return len(self.layers)

    def __iter__(self) -> Iterator[Layer]:
        return iter(self.layers)

    def __getitem__(self, index: int | slice) -> Any:
        """Return a layer, or for a slice a Sequential of the very same layers."""
        return Sequential(*self.layers[index]) if isinstance(index, slice) else self.layers[index]
