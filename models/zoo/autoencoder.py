"""The autoencoder: a narrow passage that the input must pass to be drawn again."""

from collections.abc import Callable, Sequence

from ...layers import ReLU, Sigmoid
from ...layers.core import Layer, Size
from ..sequential import Sequential
from .mlp import mlp

__all__ = ["autoencoder"]


def autoencoder(sizes: Sequence[Size], activation: Callable[[], Layer] = ReLU,
                output: Callable[[], Layer] | None = Sigmoid) -> Sequential:
    """Return an autoencoder: an encoder of the given sizes, its mirror image as decoder, and an output function.

    Shapes:
        x, y: (N, sizes[0])

    Raises: ValueRangeError for fewer than two sizes.

    Source: Hinton & Salakhutdinov 2006.

    Example:
        >>> from chainrule.models.zoo import autoencoder
        >>> model = autoencoder([64, 32, 8])
        >>> model.forward(np.zeros((2, 64), np.float32)).shape
        (2, 64)
    """
    decoder = [mlp(sizes[::-1], activation), *([] if output is None else [output()])]
    return Sequential(mlp(sizes, activation), *decoder)
