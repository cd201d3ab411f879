"""Row convolution: every feature of a sequence has a window of its own over time."""

import numpy as np

from .conv import Conv1d
from .core import Array, Shape, ShapeError, Size, check_shape, check_size, show_shape

__all__ = ["TemporalRowConvolution"]


class TemporalRowConvolution(Conv1d):
    """Depthwise convolution over time, ``y[n, p, c] = bias[c] + sum over k of weight[c, 0, k] * x[n, p * dW + k, c]``.

    It is ``Conv1d(C, C, kW, stride=dW, groups=C)`` with C = input_frame_size, for sequences whose features come last;
    with ``feat_first`` they come before the time, as in Conv1d. A step sees the ``kW - 1`` that follow it.

    Shapes:
        x:      (N, T, C) or (T, C); with feat_first (N, C, T) or (C, T)
        weight: (C, 1, kW)
        bias:   (C,)
        y:      as x, with (T - kW) // dW + 1 steps

    Gradients: those of Conv1d, with ``at(p, k) = p * dW + k``
        grad_x[n, q, c]      = sum over p, k with at(p, k) = q of weight[c, 0, k] * grad_out[n, p, c]
        grad_weight[c, 0, k] = sum over n, p of grad_out[n, p, c] * x[n, at(p, k), c]
        grad_bias[c]         = sum over n, p of grad_out[n, p, c]

    Cost: kW multiply-adds per value of y, twice that backward; keeps ``x``.

    Source: TemporalRowConvolution of THNN; Amodei et al. 2016 (Deep Speech 2), section 3.6.

    Example:
        >>> TemporalRowConvolution(5, 3).forward(np.ones((2, 8, 5), np.float32)).shape
        (2, 6, 5)
    """

    def __init__(self, input_frame_size: Size, kW: Size, dW: Size = 1, feat_first: bool = False, *,
                 rng: np.random.Generator | None = None) -> None:
        self.input_frame_size = check_size(input_frame_size, "input_frame_size", "TemporalRowConvolution")
        self.kW = check_size(kW, "kW", "TemporalRowConvolution")
        self.dW = check_size(dW, "dW", "TemporalRowConvolution")
        self.feat_first = feat_first
        super().__init__(input_frame_size, input_frame_size, kW, stride=dW, groups=input_frame_size, rng=rng)

    def output_shape(self, x_shape: Shape) -> Shape:
        if self.feat_first:
            return super().output_shape(x_shape)
        batch = ("N",) if len(x_shape) == 3 else ()
        check_shape(x_shape, (*batch, "T", self.input_frame_size), name="x", owner=self)
        if x_shape[-2] < self.kW:
            raise ShapeError(f"{self.title} expected x of at least {self.kW} steps, got {show_shape(x_shape)}")
        return (*x_shape[:-2], (x_shape[-2] - self.kW) // self.dW + 1, x_shape[-1])

    def hint(self, name: str, shape: Shape) -> str:
        """Conv1d has its channels before the time."""
        first = name == "x" and len(shape) > 1 and shape[-2] == self.input_frame_size
        return "write feat_first=True for features before the time" if first and not self.feat_first else ""

    def _correlate(self, x: Array, weight: Array, bias: Array | None = None) -> Array:
        return self._turned(super()._correlate(self._turned(x), weight, bias))

    def _grad_x(self, grad_out: Array, weight: Array, x: Array) -> Array:
        return self._turned(super()._grad_x(self._turned(grad_out), weight, self._turned(x)))

    def _grad_weight(self, grad_out: Array, x: Array) -> Array:
        return super()._grad_weight(self._turned(grad_out), self._turned(x))

    def _grad_bias(self, grad_out: Array) -> Array:
        return super()._grad_bias(self._turned(grad_out))

    def _everywhere(self, bias: Array, y_shape: Shape) -> Array:
        return super()._everywhere(bias, y_shape) if self.feat_first else np.broadcast_to(bias, y_shape)

    def _turned(self, x: Array) -> Array:
        return x if self.feat_first else x.swapaxes(-1, -2)     # (N, T, C) <-> (N, C, T)
