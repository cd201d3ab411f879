"""VGG: stacks of 3×3 convolutions."""

from collections.abc import Sequence

from ...layers import Flatten, MaxPool2d
from ...layers.core import Layer, Share, Size
from ..sequential import Sequential
from .convolution import convolution, for_each_stage
from .mlp import mlp

__all__ = ["vgg"]


def vgg(num_classes: Size = 10, in_channels: Size = 3, widths: Sequence[Size] = (32, 64, 128),
        depth: int | Sequence[int] = 2, image_size: Size = 32, batch_norm: bool = True, hidden: Sequence[Size] = (),
        dropout: Share = 0.5) -> Sequential:
    """Return a VGG: for each width ``depth`` 3×3 convolutions, then a 2×2 max-pool; at the end an ``mlp``.

    VGG-16 is ``vgg(1000, widths=(64, 128, 256, 512, 512), depth=(2, 2, 3, 3, 3), image_size=224, batch_norm=False,
    hidden=(4096, 4096))``; 11, 13 and 19 have the depths (1, 1, 2, 2, 2), (2, 2, 2, 2, 2) and (2, 2, 4, 4, 4).

    Shapes:
        x: (N, in_channels, image_size, image_size)
        y: (N, num_classes)

    Source: Simonyan & Zisserman 2015, table 1; batch norm as in torchvision's vgg11_bn.

    Example:
        >>> from chainrule.models import summary
        >>> from chainrule.models.zoo import vgg
        >>> summary(vgg(), (3, 32, 32)).rows[-1].y_shapes
        ((10,),)
    """
    layers: list[Layer] = []
    for width, count in zip(widths, for_each_stage(depth, len(widths), "depth", "vgg"), strict=True):
        for _ in range(count):
            layers += convolution(in_channels, width, 3, batch_norm=batch_norm)
            in_channels = width
        layers.append(MaxPool2d(2))
        image_size //= 2
    return Sequential(*layers, Flatten(), *mlp([in_channels * image_size**2, *hidden, num_classes], dropout=dropout))
