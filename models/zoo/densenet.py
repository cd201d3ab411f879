"""DenseNet: every layer sees the outputs of all layers before it."""

from collections.abc import Sequence

from ...layers import AvgPool2d, BatchNorm2d, Concat, Conv2d, GlobalAvgPool, Identity, Linear, ReLU
from ...layers.core import Count, Layer, Size
from ..branches import Parallel
from ..sequential import Sequential
from .convolution import stem

__all__ = ["densenet"]


def densenet(num_classes: Size = 1000, in_channels: Size = 3, growth_rate: Size = 32,
             blocks: Sequence[Count] = (6, 12, 24, 16), num_init_features: Size = 64, bn_size: Size = 4,
             large_images: bool = True) -> Sequential:
    """Return DenseNet-121: four blocks in which each layer adds ``growth_rate`` channels to those it reads.

    A layer is a bottleneck of ``bn_size * growth_rate`` channels and a 3×3 convolution, batch norm and rectifier in
    front of each. Between two blocks a 1×1 convolution halves the channels and a pool the picture. DenseNet-161 is
    ``densenet(growth_rate=48, blocks=(6, 12, 36, 24), num_init_features=96)``; 169 and 201 have the blocks
    (6, 12, 32, 32) and (6, 12, 48, 32). Small images begin with one 3×3 convolution: ``large_images=False``.

    Shapes:
        x: (N, in_channels, H, W), 224×224 as published
        y: (N, num_classes)

    Source: Huang, Liu, van der Maaten & Weinberger 2017, table 1; names as in torchvision.

    Example:
        >>> from chainrule.models import summary
        >>> from chainrule.models.zoo import densenet
        >>> summary(densenet(), (3, 224, 224)).total.parameters
        7978856
    """
    layers = stem(in_channels, num_init_features, large_images)
    channels = num_init_features
    for index, count in enumerate(blocks):
        if index > 0:
            layers += [*_convolved(channels, channels // 2, 1), AvgPool2d(2)]
            channels //= 2
        for _ in range(count):
            inner = bn_size * growth_rate
            branch = Sequential(*_convolved(channels, inner, 1), *_convolved(inner, growth_rate, 3))
            layers += [Parallel(Identity(), branch), Concat()]
            channels += growth_rate
    return Sequential(*layers, BatchNorm2d(channels), ReLU(), GlobalAvgPool(),
                      Linear(channels, num_classes))


def _convolved(channels: int, width: int, kernel_size: int) -> list[Layer]:
    return [BatchNorm2d(channels), ReLU(), Conv2d(channels, width, kernel_size, padding=kernel_size // 2, bias=False)]
