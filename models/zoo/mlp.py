"""The multi-layer perceptron."""

from collections.abc import Callable, Sequence
from itertools import pairwise

from ...layers import Dropout, Linear, ReLU
from ...layers.core import Layer, Share, Size, ValueRangeError
from ..sequential import Sequential

__all__ = ["mlp"]


def mlp(sizes: Sequence[Size], activation: Callable[[], Layer] = ReLU, dropout: Share = 0.0) -> Sequential:
    """Return a multi-layer perceptron: ``Linear`` layers of the given sizes, an activation between any two.

    Shapes:
        x: (N, sizes[0])
        y: (N, sizes[-1]), scores: no activation follows the last layer

    Raises: ValueRangeError for fewer than two sizes.

    Source: Rumelhart, Hinton & Williams 1986.

    Example:
        >>> from chainrule.models.zoo import mlp
        >>> mlp([64, 32, 10])[0]
        Linear(64, 32)
    """
    if len(sizes) < 2:
        raise ValueRangeError(f"mlp expected sizes of input and output at least, got {list(sizes)}")
    layers: list[Layer] = []
    for index, (inputs, outputs) in enumerate(pairwise(sizes)):
        layers.append(Linear(inputs, outputs))
        if index < len(sizes) - 2:
            layers += [activation(), Dropout(dropout)] if dropout else [activation()]
    return Sequential(*layers)
