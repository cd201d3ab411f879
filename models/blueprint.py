"""A network drawn but not built: its layers, their sizes and work by arithmetic, and no weight allocated."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from typing import Any

from ..layers import BatchNorm2d, Conv2d, ConvTranspose2d, Linear
from ..layers.core import Description, Layer, Shape, UnknownNameError
from ..losses import Loss
from .graph import Graph

__all__ = ["Blank", "Blueprint"]


@dataclass(frozen=True)
class Blank:
    """A layer that is not made yet.

    Attributes:
        kind:          its class; a ``Loss`` where the network ends
        arguments:     the constructor's
        sources:       names of the nodes it reads
        y_shape:       shape of its output
        multiply_adds: of its forward pass
    """

    kind: type[Layer | Loss]
    arguments: tuple[Any, ...]
    options: Mapping[str, Any]
    sources: tuple[str, ...]
    y_shape: Shape
    multiply_adds: int


class Blueprint:
    """The drawing of a Graph with one input ``"x"``, whose losses are nodes too; ``build`` makes the Graph.

    Attributes:
        x_shape: shape of the input, the batch axis included
        nodes:   every node by name, in an order in which they can run

    Raises: UnknownNameError for a source that was not drawn before, ShapeError where a layer does not fit its input.

    Example:
        >>> from chainrule.layers import Conv2d, ReLU
        >>> drawing = Blueprint(4, 3, 8, 8)
        >>> y = drawing.add(ReLU, drawing.add(Conv2d, "x", 3, 16, 3))
        >>> drawing.nodes[y].y_shape, list(drawing.build().nodes)
        ((4, 16, 6, 6), ['Conv2d1', 'ReLU1'])
    """

    def __init__(self, *x_shape: int) -> None:
        self.x_shape: Shape = x_shape
        self.nodes: dict[str, Blank] = {}
        self._counts: dict[type, int] = {}

    def add(self, kind: type[Layer | Loss], source: str | tuple[str, ...], *arguments: Any, **options: Any) -> str:
        """Draw a layer that reads ``source``, a node or several, behind the others; return its name."""
        sources = (source,) if isinstance(source, str) else tuple(source)
        known = ["x", *self.nodes]
        for each in sources:
            if each not in known:
                raise UnknownNameError.of("source of a node of Blueprint", each, known)
        described = _describe(kind, arguments, options, tuple(map(self.shape, sources)))
        self._counts[kind] = self._counts.get(kind, 0) + 1
        name = f"{kind.__name__}{self._counts[kind]}"
        self.nodes[name] = Blank(kind, arguments, options, sources, described.y_shapes[0], described.multiply_adds)
        return name

    def shape(self, name: str) -> Shape:
        """Return the shape of the input or of a node's output."""
        return self.x_shape if name == "x" else self.nodes[name].y_shape

    def build(self) -> Graph:
        """Return the Graph, its weights allocated and drawn, which ends where the losses begin."""
        losses = [blank for blank in self.nodes.values() if issubclass(blank.kind, Loss)]
        outside: set[str] = set()
        for name, blank in self.nodes.items():
            if issubclass(blank.kind, Loss) or outside.intersection(blank.sources):
                outside.add(name)
        layers = {name: (blank.kind(*blank.arguments, **blank.options), *blank.sources)
                  for name, blank in self.nodes.items() if name not in outside}
        ends = [loss.sources[0] for loss in losses] or [list(layers)[-1]]
        return Graph(["x"], layers, ends)


def _describe(kind: type[Layer | Loss], arguments: tuple[Any, ...], options: Mapping[str, Any],
              x_shapes: tuple[Shape, ...]) -> Description:
    """Describe a layer; of those with large weights one with a single channel tells the size of the picture."""
    x_shape = x_shapes[0]
    if issubclass(kind, Loss):
        return Description(((),))
    if issubclass(kind, (Conv2d, ConvTranspose2d)):
        channels, width, *window = arguments
        small = kind(1, 1, *window, **options).describe((x_shape[0], 1, *x_shape[2:]))
        y_shape = (x_shape[0], width, *small.y_shapes[0][2:])
        return Description((y_shape,), multiply_adds=small.multiply_adds * channels * width)
    if issubclass(kind, Linear):
        return Description(((*x_shape[:-1], arguments[1]),), multiply_adds=prod(x_shape) * arguments[1])
    if issubclass(kind, BatchNorm2d):
        small = kind(1).describe((x_shape[0], 1, *x_shape[2:]))
        return Description((x_shape,), multiply_adds=small.multiply_adds * x_shape[1])
    return kind(*arguments, **options).describe(*x_shapes)
