"""The norm of every window, over any number of spatial axes."""

from math import prod

from ..core import Array, Field, Shape, Size, ValueRangeError
from ..kernels import window_max, window_pick, window_route, window_spread, window_sum
from .pool import PoolNd
from .power_pool import PowerPool

__all__ = ["LPPool1d", "LPPool2d", "LPPool3d", "LPPoolNd"]


class LPPoolNd(PoolNd, PowerPool):
    """Norm of every window, ``y = (sum over k of x[..., p * stride + k]**norm_type)**(1 / norm_type)``.

    A window that hangs over the end counts as if it were full of its mean. With an infinite ``norm_type`` it is the
    largest of the absolute values, or the smallest. A subclass sets ``axes``.

    Gradients:
        grad_x = x**(norm_type - 1) * sum over windows of grad_out * y**(1 - norm_type), zero where ``y`` is zero

    Source: Sermanet, Chintala & LeCun 2012, "Convolutional neural networks applied to house numbers".
    """

    def __init__(self, norm_type: float, kernel_size: Size | tuple[Size, ...],
                 stride: Size | tuple[Size, ...] | None = None, ceil_mode: bool = False) -> None:
        if not abs(norm_type) > 0:
            raise ValueRangeError(f"{type(self).__name__} expected norm_type other than 0, got {norm_type}")
        self.norm_type, self.kernel_size, self.stride = norm_type, kernel_size, stride
        self.ceil_mode = ceil_mode
        self.power = float(norm_type)
        self.geometry = self.make_window(kernel_size, stride, 0)

    def find(self, x: Array) -> Array:
        return window_max(x, self.geometry, self.outputs(x.shape))[1]

    def gather(self, x: Array, winners: Array | None) -> Array:
        if winners is not None:
            return window_pick(x, winners, self.geometry)
        y = window_sum(x, self.geometry, self.outputs(x.shape))
        y *= self._scale(x.shape, x)
        return y

    def spread(self, grad_out: Array, winners: Array | None, x_shape: Shape) -> Array:
        if winners is not None:
            return window_route(grad_out, winners, self.geometry, x_shape[-self.axes:])
        return window_spread(grad_out * self._scale(x_shape, grad_out), self.geometry, x_shape[-self.axes:])

    def taps(self) -> int:
        return prod(self.geometry.kernel)

    def window(self, x_shape: Shape) -> Field:
        return self.field

    def _scale(self, x_shape: Shape, like: Array) -> Array:
        """Return by what the sums of windows that are not full are enlarged."""
        return self.taps() / self.sizes(x_shape, like.dtype)


class LPPool2d(LPPoolNd):
    """Norm of every window of an image, ``y = (sum over k of x[..., p * stride + k]**norm_type)**(1 / norm_type)``.

    The sum is over ``x**norm_type`` as it is, so an odd ``norm_type`` wants inputs that are not negative. ``stride`` is
    ``kernel_size`` unless given. A window that hangs over the end (``ceil_mode``) counts as if full of its mean.

    Shapes:
        x: (N, C, H, W) or (C, H, W), pixels
        y: (N, C, H', W'), H' = (H - kH) // stride + 1, with ``ceil_mode`` rounded up

    Gradients:
        grad_x = x**(norm_type - 1) * sum over windows of grad_out * y**(1 - norm_type), zero where ``y`` is zero

    Cost: kH * kW additions per output and a power per value; keeps ``x`` and ``y``.

    Source: Sermanet, Chintala & LeCun 2012; numbers as in torch.nn.LPPool2d.

    Example:
        >>> LPPool2d(2, (1, 2)).forward(np.array([[[3.0, 4.0], [6.0, 8.0]]])).ravel().tolist()
        [5.0, 10.0]
    """

    axes = 2


class LPPool1d(LPPoolNd):
    """Norm of every window of a sequence; options as LPPool2d.

    Shapes:
        x: (N, C, L) or (C, L)
        y: (N, C, L'), sizes as LPPool2d

    Gradients:
        grad_x = x**(norm_type - 1) * sum over windows of grad_out * y**(1 - norm_type), zero where ``y`` is zero

    Cost: as LPPool2d.

    Source: Sermanet, Chintala & LeCun 2012; numbers as in torch.nn.LPPool1d.

    Example:
        >>> LPPool1d(2, 2).forward(np.array([[3.0, 4.0, 6.0, 8.0]])).ravel().tolist()
        [5.0, 10.0]
    """

    axes = 1


class LPPool3d(LPPoolNd):
    """Norm of every window of a volume; options as LPPool2d.

    Shapes:
        x: (N, C, D, H, W) or (C, D, H, W)
        y: (N, C, D', H', W'), sizes as LPPool2d

    Gradients:
        grad_x = x**(norm_type - 1) * sum over windows of grad_out * y**(1 - norm_type), zero where ``y`` is zero

    Cost: as LPPool2d.

    Source: Sermanet, Chintala & LeCun 2012; numbers as in torch.nn.LPPool3d.

    Example:
        >>> LPPool3d(2, (1, 1, 2)).forward(np.array([[[[3.0, 4.0], [6.0, 8.0]]]])).ravel().tolist()
        [5.0, 10.0]
    """

    axes = 3
