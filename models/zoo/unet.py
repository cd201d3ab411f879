"""U-Net: down to see far, up again to see sharply, and at every level a way across."""

from collections.abc import Sequence
from typing import Literal

from ...layers import Concat, Conv2d, ConvTranspose2d, Identity, MaxPool2d, ZeroPad2d
from ...layers.core import Layer, Size, check_choice
from ..branches import Parallel
from ..sequential import Sequential
from .convolution import convolution

__all__ = ["unet"]


def unet(num_classes: Size = 2, in_channels: Size = 1, widths: Sequence[Size] = (64, 128, 256, 512, 1024),
         padding: Literal["valid", "same"] = "valid", batch_norm: bool = False) -> Sequential:
    """Return a U-Net: a class for every pixel, by two 3×3 convolutions at each of ``len(widths)`` resolutions.

    From one level down to the next the picture is halved by a max-pool, and on the way up doubled by a transposed
    convolution and joined to what the level held. Without padding ("valid") every convolution takes off a border, and
    what is joined is cut to the middle; with ``padding="same"`` the output is as large as the input.

    Shapes:
        x: (N, in_channels, H, W); every pool must meet even sizes: 572 as published
        y: (N, num_classes, H', W'), H' = H, or with "valid" and five levels H - 184: 388 as published

    Raises: UnknownNameError for another padding.

    Source: Ronneberger, Fischer & Brox 2015, figure 1.

    Example:
        >>> from chainrule.models.zoo import unet
        >>> unet(3, widths=(4, 8), padding="same").forward(np.zeros((2, 1, 6, 8), np.float32)).shape
        (2, 3, 6, 8)
    """
    valid = check_choice(padding, ("valid", "same"), name="padding", owner="unet") == "valid"
    layers, _ = _level(in_channels, widths, 0 if valid else 1, batch_norm)
    return Sequential(*layers, Conv2d(widths[0], num_classes, 1))


def _level(in_channels: int, widths: Sequence[int], padding: int, batch_norm: bool) -> tuple[list[Layer], int]:
    """Return the layers of a level and of all below it, and how many pixels they take off the height and width."""
    def twice(channels: int) -> list[Layer]:
        return [*convolution(channels, width, 3, padding=padding, batch_norm=batch_norm),
                *convolution(width, width, 3, padding=padding, batch_norm=batch_norm)]

    width, *below = widths
    border = 4 * (1 - padding)              # two convolutions, a pixel on either side
    if not below:
        return twice(in_channels), border
    layers, lost = _level(width, below, padding, batch_norm)
    down_and_up = Sequential(MaxPool2d(2), *layers, ConvTranspose2d(below[0], width, 2, stride=2))
    across = ZeroPad2d(-lost) if lost else Identity()       # 2 * lost pixels at this resolution, half on either side
    return [*twice(in_channels), Parallel(across, down_and_up), Concat(), *twice(2 * width)], 2 * border + 2 * lost
