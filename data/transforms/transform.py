"""The base of all transforms: samples in, samples out, and every draw from a generator that the caller hands over."""

from collections.abc import Sequence

import numpy as np

from ...layers.core import Array, ShapeError, check_shape, check_size, default_rng

__all__ = ["Transform", "pair"]


class Transform:
    """A change of a batch, ``x, y = transform(x, y, rng)``; without ``y`` only x comes back.

    A transform keeps no state: what is random is drawn from ``rng`` (the package's own generator if there is none),
    for each sample anew. So the state of that generator is all that a resumed run needs. Arguments are not changed.

    To add one: a class with ``change``, in a file of its own; ``image(x)`` checks that x is a batch of images.

    Shapes:
        x: (N, ...), or (N, C, height, width) for images
        y: (N, ...), targets; few transforms change them
    """

    random = True       # False: nothing is drawn, so it is no augmentation

    def __call__(self, x: Array, y: Array | None = None, rng: np.random.Generator | None = None) -> (
            Array | tuple[Array, Array]):
        target = np.zeros(len(x), np.float32) if y is None else y
        changed = self.change(x, target, default_rng(rng))
        return changed[0] if y is None else changed

    def change(self, x: Array, y: Array, rng: np.random.Generator) -> tuple[Array, Array]:
        """Return the changed samples and targets; here those that ``change_x`` returns, and the targets as they are."""
        return self.change_x(x, rng), y

    def change_x(self, x: Array, rng: np.random.Generator) -> Array:
        """Return the changed samples."""
        raise NotImplementedError(f"{type(self).__name__}.change_x")

    def image(self, x: Array) -> tuple[int, int, int, int]:
        """Return the shape of a batch of images; raise ShapeError if it is none."""
        check_shape(x, ("N", "C", "height", "width"), name="x", owner=self)
        n, c, height, width = x.shape
        return n, c, height, width

    def hint(self, name: str, shape: tuple[int, ...]) -> str:
        """Return how samples of another shape become images."""
        return "images keep their shape with flat: false" if len(shape) == 2 else ""


def pair(size: int | Sequence[int], name: str, owner: object, least: int = 1) -> tuple[int, int]:
    """Return height and width, given both or one number for both."""
    sides = (size, size) if isinstance(size, int) else tuple(size)
    if len(sides) != 2:
        raise ShapeError(f"{type(owner).__name__} expected {name} as one number or two, got {size!r}")
    for side in sides:
        check_size(side, name, type(owner).__name__, least)
    return sides[0], sides[1]
