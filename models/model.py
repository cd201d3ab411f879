"""What every whole network offers beside the Layer contract, and what containers share."""

from collections.abc import Iterable
from typing import Any

from ..layers.core import DtypeError, Layer

__all__ = ["Model", "check_layers", "spread", "trains"]


class Model(Layer):
    """A whole network: a Layer that others are put into, and that trains, is judged and predicts on its own."""


def check_layers(layers: Iterable[Any], owner: str) -> list[Layer]:
    """Return the layers as a list.

    Raises: DtypeError naming the first that is no Layer.
    """
    found: list[Layer] = []
    for index, layer in enumerate(layers):
        if not isinstance(layer, Layer):
            fix = f"; write {layer.__name__}(…)" if isinstance(layer, type) and issubclass(layer, Layer) else ""
            raise DtypeError(f"{owner} expected a Layer in place {index + 1}, got {layer!r}{fix}")
        found.append(layer)
    return found


def spread(y: Any) -> tuple[Any, ...]:
    """Return several outputs, or the only one, as a tuple."""
    return tuple(y) if isinstance(y, (tuple, list)) else (y,)


def trains(layer: Layer) -> bool:
    """Return whether any parameter of the layer wants a gradient."""
    return any(parameter.requires_grad for parameter in layer.parameters())
