"""VGG for small images: stacks of 3×3 convolutions."""

from collections.abc import Sequence

from ...layers import BatchNorm2d, Conv2d, Flatten, Linear, MaxPool2d, ReLU
from ...layers.core import Layer
from ..sequential import Sequential

__all__ = ["vgg"]


def vgg(num_classes: int = 10, in_channels: int = 3, widths: Sequence[int] = (32, 64, 128), depth: int = 2,
        image_size: int = 32) -> Sequential:
    """Return a small VGG: for each width ``depth`` 3×3 convolutions with batch norm, then a 2×2 max-pool.

    Shapes:
        x: (N, in_channels, image_size, image_size)
        y: (N, num_classes)

    Source: Simonyan & Zisserman 2015; batch norm as in torchvision's vgg11_bn.

    Example:
        >>> from chainrule.models import summary
        >>> from chainrule.models.zoo import vgg
        >>> summary(vgg(), (3, 32, 32)).rows[-1].y_shapes
        ((10,),)
    """
    layers: list[Layer] = []
    for width in widths:
        for _ in range(depth):
            layers += [Conv2d(in_channels, width, 3, padding=1, bias=False), BatchNorm2d(width), ReLU()]
            in_channels = width
        layers.append(MaxPool2d(2))
        image_size //= 2
    return Sequential(*layers, Flatten(), Linear(in_channels * image_size**2, num_classes))
