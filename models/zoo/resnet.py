"""Residual networks for small images."""

from collections.abc import Sequence

from ...layers import AvgPool2d, BatchNorm2d, Conv2d, Flatten, Linear, ReLU
from ...layers.core import Layer
from ..branches import Residual
from ..sequential import Sequential

__all__ = ["resnet"]


def resnet(num_classes: int = 10, in_channels: int = 3, widths: Sequence[int] = (16, 32, 64), blocks: int = 3,
           image_size: int = 32) -> Sequential:
    """Return a residual network of ``6·blocks + 2`` layers: with the default arguments, ResNet-20 for CIFAR-10.

    Each width has ``blocks`` residual blocks of two 3×3 convolutions; from one width to the next the picture is
    halved and the shortcut is a 1×1 convolution.

    Shapes:
        x: (N, in_channels, image_size, image_size)
        y: (N, num_classes)

    Source: He, Zhang, Ren & Sun 2016, section 4.2.

    Example:
        >>> from chainrule.models import summary
        >>> from chainrule.models.zoo import resnet
        >>> summary(resnet(), (3, 32, 32)).total.y_shapes
        ((10,),)
    """
    layers: list[Layer] = [*_conv(in_channels, widths[0], 3, 1), ReLU()]
    channels = widths[0]
    for stage, width in enumerate(widths):
        for block in range(blocks):
            stride = 2 if stage > 0 and block == 0 else 1
            layers += _block(channels, width, stride)
            channels = width
        image_size = -(-image_size // 2) if stage > 0 else image_size
    return Sequential(*layers, AvgPool2d(image_size), Flatten(), Linear(channels, num_classes))


def _block(channels: int, width: int, stride: int) -> list[Layer]:
    branch = Sequential(*_conv(channels, width, 3, stride), ReLU(), *_conv(width, width, 3, 1))
    shortcut = None if channels == width and stride == 1 else Sequential(*_conv(channels, width, 1, stride))
    return [Residual(branch, shortcut), ReLU()]


def _conv(channels: int, width: int, kernel: int, stride: int) -> list[Layer]:
    return [Conv2d(channels, width, kernel, stride=stride, padding=kernel // 2, bias=False), BatchNorm2d(width)]
