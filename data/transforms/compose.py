"""Several transforms, one after the other."""

from collections.abc import Sequence

import numpy as np

from ...layers.core import Array
from .transform import Transform

__all__ = ["Compose"]


class Compose(Transform):
    """Apply ``transforms`` in their order, all drawing from the same generator.

    Source: torchvision.transforms.v2.Compose.

    Example:
        >>> both = Compose([RandomCrop(24), RandomHorizontalFlip()])
        >>> both(np.zeros((5, 3, 32, 32), np.float32)).shape
        (5, 3, 24, 24)
    """

    def __init__(self, transforms: Sequence[Transform]) -> None:
        self.transforms = list(transforms)
        self.random = any(transform.random for transform in transforms)

    def change(self, x: Array, y: Array, rng: np.random.Generator) -> tuple[Array, Array]:
        for transform in self.transforms:
            x, y = transform.change(x, y, rng)
        return x, y
