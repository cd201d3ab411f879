"""Batch normalisation: every channel standardised by the statistics of the batch, or by those remembered."""

from math import inf, prod
from typing import ClassVar, NamedTuple

import numpy as np
import numpy.typing as npt

from .core import (
    Array,
    Buffer,
    Description,
    Epsilon,
    Kept,
    Layer,
    Parameter,
    Shape,
    Share,
    Size,
    ValueRangeError,
    as_dtype,
    check_range,
    check_shape,
    check_size,
    total,
)
from .kernels import inner_sums, moments, project, standardize
from .pooled_statistics import Sums, pooled_moments, pooled_sums

__all__ = ["BatchNorm", "BatchNorm1d", "BatchNorm2d", "BatchNorm3d", "BatchNormCache", "BatchNormTangent"]

_SPATIAL = ((), ("L",), ("H", "W"), ("D", "H", "W"))        # names of the spatial axes, by their number


class BatchNormCache(NamedTuple):
    """The input, the statistics it was standardised by, and whether they are those of the batch itself."""

    x: Array
    mean: Array
    inv_std: Array
    own: bool


class BatchNormTangent(NamedTuple):
    """The tangents of the input and of the standardised input."""

    x_dot: Array | None
    x_hat_dot: Array | None


class BatchNorm(Layer):
    """Standardised channels, ``y = x_hat * weight + bias`` with ``x_hat = (x - mean) * inv_std``.

    Means and sums run over all axes but that of the channels; ``inv_std = 1 / sqrt(var + eps)`` with the biased
    variance. In training they are the batch's own, and the running statistics follow:
    ``running += momentum * (batch - running)``, with the unbiased variance (``momentum=None``: the plain average of
    all batches). In evaluation the running statistics are used, if there are any. A subclass says in ``spatial``
    which numbers of spatial axes it takes.

    Attributes:
        synchronized: whether the batch is that of all processes that train together (``SyncBatchNorm``)

    Gradients:
        grad_bias   = sum(grad_out)
        grad_weight = sum(grad_out * x_hat)
        grad_x      = (grad_out - mean(grad_out) - x_hat * mean(grad_out * x_hat)) * inv_std * weight
                      for the batch's own statistics, grad_out * inv_std * weight for others

    Raises: ValueRangeError for a batch with one value per channel, whose variance says nothing.

    Source: Ioffe & Szegedy 2015, algorithm 1 and section 3.
    """

    spatial: ClassVar[tuple[int, ...]]
    synchronized: bool = False

    def __init__(self, num_features: Size, eps: Epsilon = 1e-5, momentum: Share | None = 0.1, affine: bool = True,
                 track_running_stats: bool = True, *, bias: bool = True) -> None:
        owner = type(self).__name__
        self.num_features = check_size(num_features, "num_features", owner)
        self.eps = check_range(float(eps), 0.0, inf, name="eps", owner=owner, open_high=True)
        self.momentum = None if momentum is None else check_range(
            float(momentum), 0.0, 1.0, name="momentum", owner=owner)
        self.affine, self.track_running_stats = affine, track_running_stats
        self.weight = Parameter(np.ones(num_features)) if affine else None
        self.bias = Parameter(np.zeros(num_features)) if affine and bias else None
        self.running_mean = Buffer(np.zeros(num_features)) if track_running_stats else None
        self.running_var = Buffer(np.ones(num_features)) if track_running_stats else None
        self.num_batches_tracked = Buffer(0, dtype=np.int64) if track_running_stats else None

    def reset_running_stats(self) -> None:
        """Forget all batches: mean 0, variance 1."""
        for buffer, value in ((self.running_mean, 0.0), (self.running_var, 1.0), (self.num_batches_tracked, 0)):
            if buffer is not None:
                buffer.assign(np.full(buffer.data.shape, value))

    def forward(self, x: Array) -> Array:
        self._check(x)
        rows = _rows(x, x.dtype if self.weight is None else self.weight.dtype)
        mean, var, own = self._statistics(rows)
        inv_std = 1 / np.sqrt(var + self.eps)
        self.cache = BatchNormCache(x, mean, inv_std, own)
        y = standardize(rows, mean, self._weighted(inv_std), None if self.bias is None else self.bias.data[:, None])
        return y.reshape(x.shape)

    def backward(self, grad_out: Array) -> Array | None:
        x, mean, inv_std, own = self.saved()
        check_shape(grad_out, x.shape, name="grad_out", owner=self)
        rows, grad = _rows(x, mean.dtype), _rows(grad_out, mean.dtype)
        sums = inner_sums(grad, rows, mean, inv_std)
        for parameter, value in zip((self.bias, self.weight), sums, strict=True):
            if parameter is not None and parameter.requires_grad:
                parameter.grad += value[:, 0]
        if not self.needs_input_grad:
            return None
        scale = self._weighted(inv_std)
        grad_x = project(grad, rows, mean, inv_std, scale, self._pooled(rows, sums)) if own else grad * scale
        return as_dtype(grad_x.reshape(x.shape), x.dtype)

    def jvp(self, x_dot: Array | None) -> Array | None:
        x, mean, inv_std, _ = self.point()
        rows = _rows(x, mean.dtype)
        x_hat_dot = None if x_dot is None else self._along(_rows(x_dot, mean.dtype))
        self.tangent = BatchNormTangent(x_dot, x_hat_dot)
        weight_dot, bias_dot = self._dots()
        y_dot = total(None if x_hat_dot is None else self._weighted(x_hat_dot),
                      None if weight_dot is None else standardize(rows, mean, inv_std * weight_dot),
                      None if bias_dot is None else np.broadcast_to(bias_dot, rows.shape))
        return None if y_dot is None else y_dot.reshape(x.shape)

    def backward_jvp(self, grad_out: Array, grad_out_dot: Array | None) -> tuple[Array | None, Array | None]:
        x_dot, x_hat_dot = self.saved_tangent()
        grad_x = self.backward(grad_out)
        x, mean, inv_std, own = self.saved()
        x_hat = standardize(_rows(x, mean.dtype), mean, inv_std)
        grad = _rows(grad_out, mean.dtype)
        grad_dot = None if grad_out_dot is None else _rows(grad_out_dot, mean.dtype)
        terms = ((self.bias, grad_dot, np.ones_like(x_hat)), (self.weight, grad_dot, x_hat),
                 (self.weight, grad, x_hat_dot))
        for parameter, left, right in terms:
            if parameter is not None and parameter.requires_grad and left is not None and right is not None:
                parameter.grad_dot += _sum(left, right)[:, 0]
        if grad_x is None:
            return None, None
        weight_dot, _ = self._dots()
        moved = total(None if grad_dot is None else self._weighted(grad_dot),
                      None if weight_dot is None else grad * weight_dot)
        grad_x_dot = None if moved is None else self._along(moved)
        if own and x_dot is not None and x_hat_dot is not None:     # the projection and inv_std move along x_dot
            count = grad[:, 0].size
            back = self._weighted(grad)
            plain, cross, along = self._pooled(x_hat, (_sum(back, x_hat), _sum(back, x_hat_dot),
                                                       _sum(x_hat, _rows(x_dot, mean.dtype))))
            bend = x_hat_dot * plain + x_hat * cross + _rows(grad_x, mean.dtype) * along
            grad_x_dot = total(grad_x_dot, bend * (-inv_std / max(count, 1)))
        return grad_x, None if grad_x_dot is None else as_dtype(grad_x_dot.reshape(x.shape), x.dtype)

    def describe(self, *x_shapes: Shape) -> Description:
        """One multiplication and addition for every element."""
        (x_shape,) = x_shapes
        self._check(x_shape)
        size = prod(x_shape)
        return self.description(x_shape, multiply_adds=size, kept=(
            Kept("x0", size), Kept("mean", self.num_features), Kept("inv_std", self.num_features)))

    def _along(self, v: Array) -> Array:
        """Return the derivative of ``x_hat`` along ``v``; as it is symmetric, also its adjoint applied to ``v``."""
        x, mean, inv_std, own = self.point()
        rows = _rows(x, mean.dtype)
        return project(v, rows, mean, inv_std, inv_std, self._pooled(
            rows, inner_sums(v, rows, mean, inv_std))) if own else v * inv_std

    def _weighted(self, values: Array) -> Array:
        return values if self.weight is None else values * self.weight.data[:, None]

    def _dots(self) -> tuple[Array | None, Array | None]:
        weight_dot, bias_dot = (None if parameter is None or parameter.dot is None else parameter.dot[:, None]
                                for parameter in (self.weight, self.bias))
        return weight_dot, bias_dot

    def _statistics(self, rows: Array) -> tuple[Array, Array, bool]:
        """Return mean, variance, and whether they are the batch's own; in training the running ones follow."""
        mean, var, tracked = self.running_mean, self.running_var, self.num_batches_tracked
        if not self.training and mean is not None and var is not None:
            return as_dtype(mean.data, rows.dtype)[:, None], as_dtype(var.data, rows.dtype)[:, None], False
        count = rows[:, 0].size
        batch_mean, batch_var = moments(rows) if count else np.zeros((2, self.num_features, 1), rows.dtype)
        if self.synchronized:
            batch_mean, batch_var, count = pooled_moments(batch_mean, batch_var, count)
        if count < 2:
            raise ValueRangeError(f"{self.title} expected more than one value per channel to take statistics of, "
                                  f"got {count}; use a larger batch, or eval() with running statistics")
        if mean is not None and var is not None and tracked is not None:
            tracked.assign(tracked.data + 1)
            momentum = 1 / int(tracked.data) if self.momentum is None else self.momentum
            for running, batch in ((mean, batch_mean), (var, batch_var * (count / (count - 1)))):
                running.assign((1 - momentum) * running.data + momentum * batch[:, 0])
        return batch_mean, batch_var, True

    def _pooled(self, rows: Array, sums: Sums) -> Sums:
        """Return sums over the batch as ``project`` takes them, which divides by the number of values in ``rows``."""
        return pooled_sums(sums, rows[:, 0].size) if self.synchronized else sums

    def _check(self, x: Array | Shape) -> None:
        axes = len(x if isinstance(x, tuple) else np.shape(x)) - 2
        names = _SPATIAL[axes if axes in self.spatial else self.spatial[-1]]
        check_shape(x, ("N", self.num_features, *names), name="x", owner=self)


def _rows(x: Array, dtype: npt.DTypeLike) -> Array:
    """Return ``x`` in ``dtype`` with one spatial axis, (N, C, L)."""
    return as_dtype(x, dtype).reshape(*x.shape[:2], prod(x.shape[2:]))


def _sum(a: Array, b: Array) -> Array:
    """Return the sums of ``a * b`` over every channel, (C, 1)."""
    sums: Array = np.einsum("ncl,ncl->c", a, b)[:, None]
    return sums


class BatchNorm1d(BatchNorm):
    """Features standardised over the batch, ``y = (x - mean) * inv_std * weight + bias``.

    ``mean`` and ``inv_std = 1 / sqrt(var + eps)`` are those of the batch in training and the running ones in
    evaluation; see ``momentum``, ``affine`` and ``track_running_stats`` at torch.nn.BatchNorm1d.

    Shapes:
        x, y:                                    (N, num_features) or (N, num_features, L)
        weight, bias, running_mean, running_var: (num_features,)

    Gradients:
        grad_x      = (grad_out - mean(grad_out) - x_hat * mean(grad_out * x_hat)) * inv_std * weight
        grad_weight = sum(grad_out * x_hat), with x_hat = (x - mean) * inv_std
        grad_bias   = sum(grad_out)

    Cost: one multiply-add per element; keeps ``x`` and two numbers per feature.

    Raises: ValueRangeError for a batch of one value per feature in training.

    Source: Ioffe & Szegedy 2015, algorithm 1.

    Example:
        >>> BatchNorm1d(1, eps=0.0).forward(np.array([[1.0], [3.0]], np.float32)).tolist()
        [[-1.0], [1.0]]
    """

    spatial = (0, 1)


class BatchNorm2d(BatchNorm):
    """Channels of images standardised over the batch, ``y = (x - mean) * inv_std * weight + bias``.

    ``mean`` and ``inv_std = 1 / sqrt(var + eps)`` are those of the batch in training and the running ones in
    evaluation; see ``momentum``, ``affine`` and ``track_running_stats`` at torch.nn.BatchNorm2d.

    Shapes:
        x, y:                                    (N, num_features, H, W)
        weight, bias, running_mean, running_var: (num_features,)

    Gradients:
        grad_x      = (grad_out - mean(grad_out) - x_hat * mean(grad_out * x_hat)) * inv_std * weight
        grad_weight = sum(grad_out * x_hat), with x_hat = (x - mean) * inv_std
        grad_bias   = sum(grad_out)

    Cost: one multiply-add per element; keeps ``x`` and two numbers per channel.

    Raises: ValueRangeError for a batch of one value per channel in training.

    Source: Ioffe & Szegedy 2015, section 3.2.

    Example:
        >>> BatchNorm2d(3).forward(np.ones((2, 3, 4, 4), np.float32)).any()
        np.False_
    """

    spatial = (2,)


class BatchNorm3d(BatchNorm):
    """Channels of volumes standardised over the batch; as BatchNorm2d.

    Shapes:
        x, y:                                    (N, num_features, D, H, W)
        weight, bias, running_mean, running_var: (num_features,)

    Gradients:
        as BatchNorm2d

    Cost: one multiply-add per element; keeps ``x`` and two numbers per channel.

    Source: Ioffe & Szegedy 2015, section 3.2.

    Example:
        >>> BatchNorm3d(3).forward(np.ones((2, 3, 4, 4, 2), np.float32)).any()
        np.False_
    """

    spatial = (3,)
