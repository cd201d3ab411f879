"""MobileNet: depthwise and pointwise convolutions in turn."""

from collections.abc import Sequence

from ...layers import GlobalAvgPool, Linear
from ...layers.core import Size
from ..sequential import Sequential
from .convolution import convolution

__all__ = ["mobilenet"]

# Howard et al. 2017, table 1: channels and stride of the first convolution and of every separable one
_BLOCKS = ((32, 2), (64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), *((512, 1),) * 5, (1024, 2), (1024, 1))


def mobilenet(num_classes: Size = 1000, in_channels: Size = 3, width: float = 1.0,
              blocks: Sequence[tuple[int, int]] = _BLOCKS) -> Sequential:
    """Return MobileNet: an ordinary convolution, then depthwise 3×3 and pointwise 1×1 ones, all with batch norm.

    ``blocks`` gives channels and stride of each, the ordinary one first; ``width`` multiplies all channels.

    Shapes:
        x: (N, in_channels, H, W), 224×224 as published
        y: (N, num_classes)

    Source: Howard et al. 2017, table 1.

    Example:
        >>> from chainrule.models import summary
        >>> from chainrule.models.zoo import mobilenet
        >>> summary(mobilenet(), (3, 224, 224)).total.parameters
        4231976
    """
    (first, stride), *rest = [(max(1, round(width * channels)), stride) for channels, stride in blocks]
    layers = convolution(in_channels, first, 3, stride)
    channels = first
    for out_channels, stride in rest:
        layers += [*convolution(channels, channels, 3, stride, groups=channels),
                   *convolution(channels, out_channels, 1)]
        channels = out_channels
    return Sequential(*layers, GlobalAvgPool(), Linear(channels, num_classes))
