"""AlexNet, in one column."""

from collections.abc import Sequence
from itertools import pairwise

from ...layers import AdaptiveAvgPool2d, Conv2d, Dropout, Flatten, Linear, MaxPool2d, ReLU
from ...layers.core import Share, Size
from ..sequential import Sequential

__all__ = ["alexnet"]


def alexnet(num_classes: Size = 1000, in_channels: Size = 3, widths: Sequence[Size] = (64, 192, 384, 256, 256),
            hidden: Size = 4096, dropout: Share = 0.5) -> Sequential:
    """Return AlexNet: five convolutions, a pool behind the first, the second and the last, and three affine layers.

    Shapes:
        x: (N, in_channels, H, W), H and W at least 63, 224 as published
        y: (N, num_classes)

    Source: Krizhevsky 2014, "One weird trick": the network of 2012 in one column, as in torchvision.

    Example:
        >>> from chainrule.models import summary
        >>> from chainrule.models.zoo import alexnet
        >>> summary(alexnet(10, widths=(4, 8, 8, 8, 8), hidden=16), (3, 224, 224)).total.parameters
        9082
    """
    first, second, *rest = widths
    last = rest[-1]
    middle = [layer for channels, width in pairwise((second, *rest))
              for layer in (Conv2d(channels, width, 3, padding=1), ReLU())]
    return Sequential(
        Conv2d(in_channels, first, 11, stride=4, padding=2), ReLU(), MaxPool2d(3, 2),
        Conv2d(first, second, 5, padding=2), ReLU(), MaxPool2d(3, 2),
        *middle, MaxPool2d(3, 2), AdaptiveAvgPool2d(6), Flatten(),
        Dropout(dropout), Linear(36 * last, hidden), ReLU(),
        Dropout(dropout), Linear(hidden, hidden), ReLU(), Linear(hidden, num_classes))
