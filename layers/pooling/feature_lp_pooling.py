"""The norm over neighbouring channels."""

import numpy as np

from ..core import Array, Shape, ShapeError, Size, ValueRangeError, check_size, show_shape
from .power_pool import PowerPool

__all__ = ["FeatureLPPooling"]


class FeatureLPPooling(PowerPool):
    """Norm over windows of channels, ``y[:, o] = (sum over i < width of x[:, o * stride + i]**power)**(1 / power)``.

    The sum is over ``x**power`` as it is, so an odd ``power`` wants inputs that are not negative.

    Shapes:
        x: (N, C, …), or (C, …) unless ``batch_mode``
        y: (N, C', …), C' = (C - width) // stride + 1

    Gradients:
        grad_x = sum over windows of grad_out * (x / y)**(power - 1), zero where ``y`` is zero

    Cost: ``width`` additions per output and a power per value; keeps ``x`` and ``y``.

    Raises: ValueRangeError for a power that is zero or infinite.

    Source: Hyvärinen & Köster 2007; nn.FeatureLPPooling of Torch7.

    Example:
        >>> FeatureLPPooling(2, stride=2).forward(np.array([[3.0, 4.0, 6.0, 8.0]])).tolist()
        [[5.0, 10.0]]
    """

    def __init__(self, width: Size, stride: Size = 1, power: float = 2.0, batch_mode: bool = True) -> None:
        self.width = check_size(width, "width", "FeatureLPPooling")
        self.stride = check_size(stride, "stride", "FeatureLPPooling")
        if not 0 < abs(power) < np.inf:
            raise ValueRangeError(f"FeatureLPPooling expected power other than 0 and infinity, got {power}")
        self.power = float(power)
        self.batch_mode = batch_mode

    def output_shape(self, x_shape: Shape) -> Shape:
        lead, channels = x_shape[:self.batch_mode], x_shape[self.batch_mode:]
        if not channels or channels[0] < self.width:
            batch = "N, " * self.batch_mode
            raise ShapeError(f"{self.title} expected x of shape ({batch}C >= {self.width}, …), "
                             f"got {show_shape(x_shape)}")
        return (*lead, (channels[0] - self.width) // self.stride + 1, *channels[1:])

    def gather(self, x: Array, winners: Array | None) -> Array:
        y = np.zeros(self.output_shape(x.shape), x.dtype)
        for tap in self._taps(y.shape):
            y += x[tap]
        return y

    def spread(self, grad_out: Array, winners: Array | None, x_shape: Shape) -> Array:
        grad_x = np.zeros(x_shape, grad_out.dtype)
        for tap in self._taps(grad_out.shape):
            grad_x[tap] += grad_out
        return grad_x

    def taps(self) -> int:
        return self.width

    def _taps(self, y_shape: Shape) -> list[tuple[slice, ...]]:
        """Return for every tap of the windows where in ``x`` it lies for all outputs."""
        reach = (y_shape[self.batch_mode] - 1) * self.stride + 1
        return [(slice(None),) * self.batch_mode + (slice(tap, tap + reach, self.stride),)
                for tap in range(self.width)]
