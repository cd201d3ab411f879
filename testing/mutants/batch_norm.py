"""Wrong backwards of batch normalisation."""

from typing import Any, NamedTuple

import numpy as np

from ...layers import BatchNorm2d, SyncBatchNorm
from ...layers.batch_norm import BatchNorm
from ...layers.core import Array
from .mutant import Subject, each

__all__ = ["SUBJECTS"]

norm = Subject(BatchNorm2d, lambda: BatchNorm2d(3, eps=0.05), ((4, 3, 2, 5),))

synchronized = Subject(SyncBatchNorm, lambda: SyncBatchNorm(3, eps=0.05), ((4, 3, 2, 5),))

SUBJECTS = (norm, synchronized)

EVERYTHING_BUT_CHANNELS = (0, 2, 3)


class Parts(NamedTuple):
    """What the formula of the gradient is made of, ready to broadcast against the input."""

    x_hat: Array
    inv_std: Array
    weight: Array
    own: bool


def parts(layer: BatchNorm2d | SyncBatchNorm) -> Parts:
    """Read the parts off the cache."""
    x, mean, inv_std, own = layer.saved()
    weight = np.ones(x.shape[1]) if layer.weight is None else layer.weight.data
    mean, inv_std, weight = (np.reshape(values, (-1, 1, 1)) for values in (mean, inv_std, weight))
    return Parts((x - mean) * inv_std, inv_std, weight, own)


def mean_of(values: Array) -> Array:
    """Return the mean over batch and space."""
    return np.asarray(values.mean(axis=EVERYTHING_BUT_CHANNELS, keepdims=True))


def with_input_gradient(layer: BatchNorm2d | SyncBatchNorm, grad_out: Array, grad_x: Array) -> Array | None:
    """Go back rightly for the parameters, and with another gradient of the input."""
    right = BatchNorm.backward(layer, grad_out)
    return None if right is None else grad_x.astype(right.dtype)


@norm.wrong("path")
def mean_path_forgotten(self: BatchNorm2d, grad_out: Array) -> Array | None:
    """Every value enters the mean of its channel; the path of the gradient through the mean is missing."""
    x_hat, inv_std, weight, own = parts(self)
    variance_path = own * x_hat * mean_of(grad_out * x_hat)
    return with_input_gradient(self, grad_out, weight * inv_std * (grad_out - variance_path))


@norm.wrong("path")
def variance_path_forgotten(self: BatchNorm2d, grad_out: Array) -> Array | None:
    """Every value enters the variance of its channel; the path of the gradient through the variance is missing."""
    _, inv_std, weight, own = parts(self)
    return with_input_gradient(self, grad_out, weight * inv_std * (grad_out - own * mean_of(grad_out)))


@norm.wrong("path")
def statistics_taken_as_constants(self: BatchNorm2d, grad_out: Array) -> Array | None:
    """Mean and variance are treated as constants, as in evaluation; both of their paths are missing."""
    _, inv_std, weight, _ = parts(self)
    return with_input_gradient(self, grad_out, weight * inv_std * grad_out)


@norm.wrong("sign")
def variance_path_added(self: BatchNorm2d, grad_out: Array) -> Array | None:
    """The path through the variance is added where it must be subtracted."""
    x_hat, inv_std, weight, own = parts(self)
    paths = mean_of(grad_out) - x_hat * mean_of(grad_out * x_hat)
    return with_input_gradient(self, grad_out, weight * inv_std * (grad_out - own * paths))


@norm.wrong("mean")
def sums_in_place_of_means(self: BatchNorm2d, grad_out: Array) -> Array | None:
    """The two paths are sums over the batch; the division by the number of values is missing."""
    x_hat, inv_std, weight, own = parts(self)
    count = grad_out[:, 0].size
    paths = count * (mean_of(grad_out) + x_hat * mean_of(grad_out * x_hat))
    return with_input_gradient(self, grad_out, weight * inv_std * (grad_out - own * paths))


@norm.wrong("mean")
def divided_by_one_less(self: BatchNorm2d, grad_out: Array) -> Array | None:
    """The path through the variance divides by N - 1, but the forward pass used the biased variance."""
    x_hat, inv_std, weight, own = parts(self)
    count = grad_out[:, 0].size
    paths = mean_of(grad_out) + x_hat * mean_of(grad_out * x_hat) * count / (count - 1)
    return with_input_gradient(self, grad_out, weight * inv_std * (grad_out - own * paths))


@norm.wrong("batch")
def averaged_over_the_batch_only(self: BatchNorm2d, grad_out: Array) -> Array | None:
    """The means run over the batch but not over the positions of the picture, as they would for vectors."""
    x_hat, inv_std, weight, own = parts(self)
    paths = grad_out.mean(axis=0) + x_hat * (grad_out * x_hat).mean(axis=0)
    return with_input_gradient(self, grad_out, weight * inv_std * (grad_out - own * paths))


@norm.wrong("factor")
def weight_forgotten(self: BatchNorm2d, grad_out: Array) -> Any:
    """The gradient passes the scaling by weight without being scaled: unseen as long as the weight is one."""
    _, _, weight, _ = parts(self)
    return each(lambda grad: (grad / weight).astype(grad.dtype), BatchNorm2d.backward(self, grad_out))


@norm.wrong("factor")
def inverse_deviation_forgotten(self: BatchNorm2d, grad_out: Array) -> Any:
    """The gradient is not divided by the standard deviation."""
    _, inv_std, _, _ = parts(self)
    return each(lambda grad: (grad / inv_std).astype(grad.dtype), BatchNorm2d.backward(self, grad_out))


@norm.wrong("formula")
def divided_by_the_variance(self: BatchNorm2d, grad_out: Array) -> Any:
    """The gradient is divided by the variance instead of by its root."""
    _, inv_std, _, _ = parts(self)
    return each(lambda grad: (grad * inv_std).astype(grad.dtype), BatchNorm2d.backward(self, grad_out))


@norm.wrong("formula")
def eps_forgotten(self: BatchNorm2d, grad_out: Array) -> Array | None:
    """The standard deviation is that of the batch without eps, which the forward pass added."""
    cache = self.saved()
    self.cache = cache._replace(inv_std=1 / np.sqrt(1 / cache.inv_std**2 - self.eps))
    grad_x = BatchNorm2d.backward(self, grad_out)
    self.cache = cache
    return grad_x


@norm.wrong("formula")
def weight_gradient_from_the_raw_input(self: BatchNorm2d, grad_out: Array) -> Array | None:
    """The gradient of the weight is the sum of grad_out * x, here with x before it was standardised."""
    x, (x_hat, *_) = self.saved().x, parts(self)
    if self.weight is not None:
        self.weight.grad += (grad_out * (x - x_hat)).sum(axis=EVERYTHING_BUT_CHANNELS)
    return BatchNorm2d.backward(self, grad_out)


@norm.wrong("mean")
def weight_gradient_averaged(self: BatchNorm2d, grad_out: Array) -> Array | None:
    """The gradient of the weight is the mean over batch and space instead of the sum."""
    if self.weight is not None:
        product = grad_out * parts(self).x_hat
        self.weight.grad += product.mean(axis=EVERYTHING_BUT_CHANNELS) - product.sum(axis=EVERYTHING_BUT_CHANNELS)
    return BatchNorm2d.backward(self, grad_out)


@norm.wrong("mean")
def bias_gradient_averaged_over_batch_and_space(self: BatchNorm2d, grad_out: Array) -> Array | None:
    """The gradient of the bias is the mean over batch and space instead of the sum."""
    if self.bias is not None:
        self.bias.grad += grad_out.mean(axis=EVERYTHING_BUT_CHANNELS) - grad_out.sum(axis=EVERYTHING_BUT_CHANNELS)
    return BatchNorm2d.backward(self, grad_out)


@norm.wrong("mode")
def running_statistics_in_training(self: BatchNorm2d, grad_out: Array) -> Array | None:
    """In training the gradient uses the running variance; the forward pass used that of the batch."""
    cache = self.saved()
    if self.running_var is not None and cache.own:
        inv_std = 1 / np.sqrt(self.running_var.data + self.eps)
        self.cache = cache._replace(inv_std=inv_std.reshape(cache.inv_std.shape).astype(cache.inv_std.dtype))
    grad_x = BatchNorm2d.backward(self, grad_out)
    self.cache = cache
    return grad_x


@norm.wrong("mode")
def batch_formula_in_evaluation(self: BatchNorm2d, grad_out: Array) -> Array | None:
    """In evaluation the statistics are constants, but the gradient still flows through them as in training."""
    cache = self.saved()
    self.cache = cache._replace(own=True)
    grad_x = BatchNorm2d.backward(self, grad_out)
    self.cache = cache
    return grad_x


@norm.wrong("mode")
def mode_read_on_the_way_back(self: BatchNorm2d, grad_out: Array) -> Array | None:
    """Backward asks whether the layer is training now; what counts is how the forward pass ran."""
    cache = self.saved()
    self.cache = cache._replace(own=self.training)
    grad_x = BatchNorm2d.backward(self, grad_out)
    self.cache = cache
    return grad_x


@norm.wrong("argument")
def statistics_moved_on_the_way_back(self: BatchNorm2d, grad_out: Array) -> Array | None:
    """The running mean is moved a second time by the backward pass."""
    grad_x = BatchNorm2d.backward(self, grad_out)
    if self.running_mean is not None:
        self.running_mean.assign(0.9 * self.running_mean.data + 0.1 * self.saved().mean.reshape(-1))
    return grad_x


@norm.wrong("cache", method="forward")
def statistics_of_the_first_batch(self: BatchNorm2d, x: Array) -> Array:
    """The deviation is kept when there is none yet, so gradients of later batches are scaled by that of the first."""
    y = BatchNorm2d.forward(self, x)
    kept = vars(self).setdefault("_inv_std", self.cache.inv_std)
    self.cache = self.cache._replace(inv_std=kept.astype(self.cache.inv_std.dtype))
    return y


@synchronized.wrong("path")
def statistics_of_all_taken_for_constants(self: SyncBatchNorm, grad_out: Array) -> Array | None:
    """Mean and variance hang on the samples of all processes; here the gradient is only scaled."""
    _, inv_std, weight, _ = parts(self)
    return with_input_gradient(self, grad_out, weight * inv_std * grad_out)
