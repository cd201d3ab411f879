"""What image networks are made of: a convolution, its batch norm and its rectifier, and stages of several of them."""

from collections.abc import Sequence

from ...layers import BatchNorm2d, Conv2d, MaxPool2d, ReLU
from ...layers.core import Layer, Size, ValueRangeError

__all__ = ["convolution", "for_each_stage", "stem"]


def convolution(in_channels: Size, out_channels: int, kernel_size: int, stride: int = 1, padding: int | None = None,
                groups: int = 1, batch_norm: bool = True) -> list[Layer]:
    """Return a convolution, its batch norm and a rectifier; padding keeps the size of the image unless told otherwise.

    Batch norm takes the mean away, and with it any bias of the convolution; so there is one or the other.
    """
    padding = kernel_size // 2 if padding is None else padding
    conv = Conv2d(in_channels, out_channels, kernel_size, stride, padding, groups=groups, bias=not batch_norm)
    return [conv, *([BatchNorm2d(out_channels)] if batch_norm else []), ReLU()]


def stem(in_channels: Size, width: Size, large_images: bool) -> list[Layer]:
    """Return the first layers: for large images a 7×7 convolution and a pool, each of stride 2; else one of 3×3."""
    if not large_images:
        return convolution(in_channels, width, 3)
    return [*convolution(in_channels, width, 7, stride=2), MaxPool2d(3, stride=2, padding=1)]


def for_each_stage(numbers: int | Sequence[int], stages: int, name: str, owner: str) -> Sequence[int]:
    """Return one number for each stage.

    Raises: ValueRangeError for more or fewer numbers than stages.
    """
    each = [numbers] * stages if isinstance(numbers, int) else numbers
    if len(each) != stages:
        raise ValueRangeError(f"{owner} expected {name} as one number, or one for each of {stages} stages, "
                              f"got {numbers}")
    return each
