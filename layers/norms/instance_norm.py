"""Instance normalisation: every channel of every example standardised on its own."""

from math import inf
from typing import ClassVar

import numpy as np

from ..core import (
    Array,
    Buffer,
    Epsilon,
    Parameter,
    Shape,
    ShapeError,
    Share,
    Size,
    as_dtype,
    check_range,
    check_shape,
    check_size,
    show_shape,
)
from ..kernels import moments
from .row_norm import RowNorm

__all__ = ["InstanceNorm", "InstanceNorm1d", "InstanceNorm2d", "InstanceNorm3d"]


class InstanceNorm(RowNorm):
    """Standardised channels of single examples; a subclass says in ``axes`` how many spatial axes they have.

    With ``track_running_stats`` the means over the batch are remembered in training, and used in evaluation.

    Gradients:
        as RowNorm, a row being the places of one channel of one example; with remembered statistics
        grad_x = grad_out * weight * inv_std

    Source: Ulyanov, Vedaldi & Lempitsky 2016; arguments of torch.nn.InstanceNorm2d.
    """

    axes: ClassVar[int]

    def __init__(self, num_features: Size, eps: Epsilon = 1e-5, momentum: Share = 0.1, affine: bool = False,
                 track_running_stats: bool = False, *, bias: bool = True) -> None:
        owner = type(self).__name__
        self.num_features = check_size(num_features, "num_features", owner)
        self.eps: float = check_range(float(eps), 0.0, inf, name="eps", owner=owner, open_high=True)
        self.momentum = check_range(float(momentum), 0.0, 1.0, name="momentum", owner=owner)
        self.affine, self.track_running_stats = affine, track_running_stats
        self.weight = Parameter(np.ones(num_features)) if affine else None
        self.bias = Parameter(np.zeros(num_features)) if affine and bias else None
        self.running_mean = Buffer(np.zeros(num_features)) if track_running_stats else None
        self.running_var = Buffer(np.ones(num_features)) if track_running_stats else None
        self.num_batches_tracked = Buffer(0, dtype=np.int64) if track_running_stats else None

    def rows(self, x_shape: Shape) -> int:
        return int(np.prod(x_shape[:-self.axes]))

    def spread(self, values: Array, x_shape: Shape) -> Array:
        return values.reshape(-1, *(1,) * self.axes)

    def check(self, x: Array | Shape) -> None:
        x_shape = x if isinstance(x, tuple) else np.shape(x)
        names = ("D", "H", "W")[-self.axes:] if self.axes > 1 else ("L",)
        batch = () if len(x_shape) == self.axes + 1 else ("N",)
        check_shape(x, (*batch, self.num_features, *names), name="x", owner=self)
        if np.prod(x_shape[-self.axes:]) < 2 and (self.training or not self.track_running_stats):
            raise ShapeError(f"{self.title} expected more than one place to take statistics of, "
                             f"got {show_shape(x_shape)}")

    def statistics(self, rows: Array) -> tuple[Array, Array, bool]:
        mean, var = self.running_mean, self.running_var
        if mean is None or var is None:
            return super().statistics(rows)
        examples = rows.shape[1] // self.num_features
        if not self.training:
            inv_std = 1 / np.sqrt(as_dtype(var.data, rows.dtype) + self.eps)
            return (np.tile(as_dtype(mean.data, rows.dtype), examples)[:, None], np.tile(inv_std, examples)[:, None],
                    False)
        own_mean, own_var = moments(rows)
        count = rows.shape[2]
        for running, own in ((mean, own_mean), (var, own_var * (count / (count - 1)))):
            batch = own.reshape(examples, self.num_features).mean(axis=0)
            running.assign((1 - self.momentum) * running.data + self.momentum * batch)
        return own_mean, 1 / np.sqrt(own_var + self.eps), True


class InstanceNorm1d(InstanceNorm):
    """Channels of single sequences standardised, ``y = (x - mean) / sqrt(var + eps) * weight + bias``.

    Shapes:
        x, y:         (N, num_features, L) or (num_features, L)
        weight, bias: (num_features,), with ``affine``

    Gradients:
        grad_hat    = grad_out * weight,  x_hat = (x - mean) * inv_std,  inv_std = 1 / sqrt(var + eps)
        grad_x      = (grad_hat - mean(grad_hat) - x_hat * mean(grad_hat * x_hat)) * inv_std, means over places
        grad_weight = grad_out * x_hat, grad_bias = grad_out, both summed over all but the channels

    Cost: one multiplication and addition for each value; keeps ``x`` and two numbers for each channel of an example.

    Source: Ulyanov, Vedaldi & Lempitsky 2016; arguments of torch.nn.InstanceNorm1d.

    Example:
        >>> InstanceNorm1d(1).forward(np.array([1.0, 3.0], np.float32).reshape(1, 1, 2)).ravel().round(3).tolist()
        [-1.0, 1.0]
    """

    axes = 1


class InstanceNorm2d(InstanceNorm):
    """Channels of single images standardised, ``y = (x - mean) / sqrt(var + eps) * weight + bias``.

    Shapes:
        x, y:         (N, num_features, H, W) or (num_features, H, W)
        weight, bias: (num_features,), with ``affine``

    Gradients:
        grad_hat    = grad_out * weight,  x_hat = (x - mean) * inv_std,  inv_std = 1 / sqrt(var + eps)
        grad_x      = (grad_hat - mean(grad_hat) - x_hat * mean(grad_hat * x_hat)) * inv_std, means over places
        grad_weight = grad_out * x_hat, grad_bias = grad_out, both summed over all but the channels

    Cost: one multiplication and addition for each value; keeps ``x`` and two numbers for each channel of an example.

    Source: Ulyanov, Vedaldi & Lempitsky 2016; arguments of torch.nn.InstanceNorm2d.

    Example:
        >>> InstanceNorm2d(1).forward(np.array([1.0, 3.0], np.float32).reshape(1, 1, 1, 2)).ravel().round(3).tolist()
        [-1.0, 1.0]
    """

    axes = 2


class InstanceNorm3d(InstanceNorm):
    """Channels of single volumes standardised, ``y = (x - mean) / sqrt(var + eps) * weight + bias``.

    Shapes:
        x, y:         (N, num_features, D, H, W) or (num_features, D, H, W)
        weight, bias: (num_features,), with ``affine``

    Gradients:
        grad_hat    = grad_out * weight,  x_hat = (x - mean) * inv_std,  inv_std = 1 / sqrt(var + eps)
        grad_x      = (grad_hat - mean(grad_hat) - x_hat * mean(grad_hat * x_hat)) * inv_std, means over places
        grad_weight = grad_out * x_hat, grad_bias = grad_out, both summed over all but the channels

    Cost: one multiplication and addition for each value; keeps ``x`` and two numbers for each channel of an example.

    Source: Ulyanov, Vedaldi & Lempitsky 2016; arguments of torch.nn.InstanceNorm3d.

    Example:
        >>> InstanceNorm3d(1).forward(np.array([1.0, 3.0], np.float32).reshape(1, 1, 1, 1, 2)).ravel().round(3).tolist()
        [-1.0, 1.0]
    """

    axes = 3
