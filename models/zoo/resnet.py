"""Residual networks."""

from collections.abc import Sequence

from ...layers import AvgPool2d, Flatten, Linear, ReLU
from ...layers.core import Count, Layer, Size
from ..branches import Residual
from ..sequential import Sequential
from .convolution import convolution, for_each_stage, stem

__all__ = ["resnet"]


def resnet(num_classes: Size = 10, in_channels: Size = 3, widths: Sequence[Size] = (16, 32, 64),
           blocks: Count | Sequence[Count] = 3, image_size: Size = 32, bottleneck: bool = False,
           large_images: bool = False) -> Sequential:
    """Return a residual network: with the default arguments, ResNet-20 for CIFAR-10.

    Each width has ``blocks`` residual blocks of two 3×3 convolutions, or of 1×1, 3×3 and 1×1 with four times the
    channels (``bottleneck``); from one width to the next the picture is halved and the shortcut is a 1×1 convolution.
    ResNet-50 is ``resnet(1000, widths=(64, 128, 256, 512), blocks=(3, 4, 6, 3), image_size=224, bottleneck=True,
    large_images=True)``; ``large_images`` begins with a 7×7 convolution and a pool, each of stride 2.

    Shapes:
        x: (N, in_channels, image_size, image_size)
        y: (N, num_classes)

    Source: He, Zhang, Ren & Sun 2016, table 1 and section 4.2; the stride in the 3×3 convolution as in torchvision.

    Example:
        >>> from chainrule.models import summary
        >>> from chainrule.models.zoo import resnet
        >>> summary(resnet(), (3, 32, 32)).total.y_shapes
        ((10,),)
    """
    layers = stem(in_channels, widths[0], large_images)
    image_size = -(-image_size // 4) if large_images else image_size
    channels = widths[0]
    for stage, count in enumerate(for_each_stage(blocks, len(widths), "blocks", "resnet")):
        for block in range(count):
            stride = 2 if stage > 0 and block == 0 else 1
            layers += _block(channels, widths[stage], stride, bottleneck)
            channels = widths[stage] * (4 if bottleneck else 1)
        image_size = -(-image_size // 2) if stage > 0 else image_size
    return Sequential(*layers, AvgPool2d(image_size), Flatten(), Linear(channels, num_classes))


def _block(channels: int, width: int, stride: int, bottleneck: bool) -> list[Layer]:
    if bottleneck:
        out_channels = 4 * width
        branch = [*convolution(channels, width, 1), *convolution(width, width, 3, stride),
                  *convolution(width, out_channels, 1)]
    else:
        out_channels = width
        branch = [*convolution(channels, width, 3, stride), *convolution(width, width, 3)]
    same = channels == out_channels and stride == 1
    shortcut = None if same else Sequential(*convolution(channels, out_channels, 1, stride)[:-1])
    return [Residual(Sequential(*branch[:-1]), shortcut), ReLU()]       # the last rectifier comes behind the sum
