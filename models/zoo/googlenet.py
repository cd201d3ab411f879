"""GoogLeNet: inception modules, four branches side by side."""

from collections.abc import Sequence

from ...layers import Concat, Dropout, GlobalAvgPool, Linear, MaxPool2d
from ...layers.core import Layer, Share, Size
from ..branches import Parallel
from ..sequential import Sequential
from .convolution import convolution

__all__ = ["STAGES", "googlenet"]

# Szegedy et al. 2015, table 1, columns #1×1, #3×3 reduce, #3×3, #5×5 reduce, #5×5, pool proj
STAGES = (
    ((64, 96, 128, 16, 32, 32), (128, 128, 192, 32, 96, 64)),
    ((192, 96, 208, 16, 48, 64), (160, 112, 224, 24, 64, 64), (128, 128, 256, 24, 64, 64), (112, 144, 288, 32, 64, 64),
     (256, 160, 320, 32, 128, 128)),
    ((256, 160, 320, 32, 128, 128), (384, 192, 384, 48, 128, 128)))


def googlenet(num_classes: Size = 1000, in_channels: Size = 3, widths: tuple[int, int, int] = (64, 64, 192),
              stages: Sequence[Sequence[tuple[int, int, int, int, int, int]]] = STAGES, batch_norm: bool = True,
              dropout: Share = 0.4) -> Sequential:
    """Return GoogLeNet without auxiliary classifiers: three convolutions of these widths, then inception modules.

    A module is given by its numbers of channels: 1×1; 3×3 reduced, 3×3; 5×5 reduced, 5×5; projection of the pool.
    Between two stages a pool halves the picture. ``batch_norm=False`` is as published: a bias in each convolution.

    Shapes:
        x: (N, in_channels, H, W), 224×224 as published
        y: (N, num_classes)

    Source: Szegedy et al. 2015, table 1; batch norm as in Ioffe & Szegedy 2015.

    Example:
        >>> from chainrule.models import summary
        >>> from chainrule.models.zoo import googlenet
        >>> summary(googlenet(batch_norm=False), (3, 224, 224)).total.parameters
        6998552
    """
    first, second, channels = widths
    layers = [*convolution(in_channels, first, 7, stride=2, batch_norm=batch_norm), _halved(),
              *convolution(first, second, 1, batch_norm=batch_norm),
              *convolution(second, channels, 3, batch_norm=batch_norm)]
    for stage in stages:
        layers.append(_halved())
        for module in stage:
            layers += _inception(channels, module, batch_norm)
            one, _, three, _, five, pool = module
            channels = one + three + five + pool
    return Sequential(*layers, GlobalAvgPool(), Dropout(dropout), Linear(channels, num_classes))


def _inception(channels: int, module: tuple[int, int, int, int, int, int], batch_norm: bool) -> list[Layer]:
    one, three_reduce, three, five_reduce, five, pool = module

    def conv(inputs: int, outputs: int, kernel_size: int) -> list[Layer]:
        return convolution(inputs, outputs, kernel_size, batch_norm=batch_norm)

    return [Parallel(Sequential(*conv(channels, one, 1)),
                     Sequential(*conv(channels, three_reduce, 1), *conv(three_reduce, three, 3)),
                     Sequential(*conv(channels, five_reduce, 1), *conv(five_reduce, five, 5)),
                     Sequential(MaxPool2d(3, stride=1, padding=1), *conv(channels, pool, 1))), Concat()]


def _halved() -> Layer:
    return MaxPool2d(3, stride=2, ceil_mode=True)
