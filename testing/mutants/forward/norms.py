"""Wrong forwards of normalisation and of dropout."""

from typing import Any

import numpy as np

from ....layers import BatchNorm2d, Dropout, GroupNorm, InstanceNorm2d, LayerNorm, LocalResponseNorm, RMSNorm
from ....layers.core import Array
from ..mutant import Subject
from .changed import instead

__all__ = ["SUBJECTS"]

batch = Subject(BatchNorm2d, lambda: BatchNorm2d(3, eps=0.05), ((4, 3, 2, 5),))
layer = Subject(LayerNorm, lambda: LayerNorm((5,), eps=0.05), ((4, 3, 5),))
group = Subject(GroupNorm, lambda: GroupNorm(2, 4, eps=0.05), ((3, 4, 5),))
root = Subject(RMSNorm, lambda: RMSNorm((5,), eps=0.05), ((4, 3, 5),))
instance = Subject(InstanceNorm2d, lambda: InstanceNorm2d(3, eps=0.05), ((2, 3, 4, 3),))
across = Subject(LocalResponseNorm, lambda: LocalResponseNorm(4, alpha=0.5, k=2.0), ((2, 5, 3),))
dropout = Subject(Dropout, lambda: Dropout(0.3), ((7, 5),))

SUBJECTS = (batch, layer, group, root, instance, across, dropout)


def standardised(x: Array, axes: tuple[int, ...], eps: float | None) -> Array:
    """Return x less its mean, by its standard deviation."""
    mean, var = x.mean(axis=axes, keepdims=True), x.var(axis=axes, keepdims=True)
    return np.asarray((x - mean) / np.sqrt(var + (eps or 0.0)))


def affine(norm: Any, x_hat: Array, *, weight: bool = True, bias: bool = True) -> Array:
    """Scale and shift by channel, or along the last axis."""
    shape = (-1, *(1,) * (x_hat.ndim - 2)) if isinstance(norm, (BatchNorm2d, GroupNorm)) else (-1,)
    y = x_hat * norm.weight.data.reshape(shape) if weight else x_hat
    return np.asarray(y + norm.bias.data.reshape(shape) if bias and getattr(norm, "bias", None) is not None else y)


def in_training(norm: BatchNorm2d, x: Array, y: Array) -> Array:
    """Return ``y`` in training, and what is right in evaluation."""
    return instead(BatchNorm2d, norm, x, y) if norm.training else BatchNorm2d.forward(norm, x)


@batch.wrong("path", method="forward")
def mean_not_subtracted(self: BatchNorm2d, x: Array) -> Array:
    """The values are scaled but not centred."""
    return in_training(self, x, affine(self, x / np.sqrt(x.var(axis=(0, 2, 3), keepdims=True) + self.eps)))


@batch.wrong("formula", method="forward")
def variance_for_the_deviation(self: BatchNorm2d, x: Array) -> Array:
    """The values are divided by the variance, not by its root."""
    mean, var = x.mean(axis=(0, 2, 3), keepdims=True), x.var(axis=(0, 2, 3), keepdims=True)
    return in_training(self, x, affine(self, (x - mean) / (var + self.eps)))


@batch.wrong("formula", method="forward")
def eps_not_added(self: BatchNorm2d, x: Array) -> Array:
    """The variance is used without eps."""
    return in_training(self, x, affine(self, standardised(x, (0, 2, 3), 0.0)))


@batch.wrong("formula", method="forward")
def eps_outside_of_the_root(self: BatchNorm2d, x: Array) -> Array:
    """The eps is added to the deviation, outside of the root."""
    centred = x - x.mean(axis=(0, 2, 3), keepdims=True)
    return in_training(self, x, affine(self, centred / (x.std(axis=(0, 2, 3), keepdims=True) + self.eps)))


@batch.wrong("mean", method="forward")
def unbiased_variance(self: BatchNorm2d, x: Array) -> Array:
    """The batch is divided by the deviation with N - 1, which belongs into the running variance alone."""
    centred, var = x - x.mean(axis=(0, 2, 3), keepdims=True), x.var(axis=(0, 2, 3), keepdims=True, ddof=1)
    return in_training(self, x, affine(self, centred / np.sqrt(var + self.eps)))


@batch.wrong("order", method="forward")
def statistics_of_each_pixel(self: BatchNorm2d, x: Array) -> Array:
    """Mean and variance run over the batch alone, so that every pixel has its own."""
    return in_training(self, x, affine(self, standardised(x, (0,), self.eps)))


@batch.wrong("mode", method="forward")
def batch_statistics_in_evaluation(self: BatchNorm2d, x: Array) -> Array:
    """In evaluation the statistics of the batch are used, where the running ones belong."""
    return instead(BatchNorm2d, self, x, affine(self, standardised(x, (0, 2, 3), self.eps)))


@batch.wrong("mode", method="forward")
def running_statistics_used_in_training(self: BatchNorm2d, x: Array) -> Array:
    """In training the running statistics are used, where those of the batch belong."""
    if self.running_mean is None or self.running_var is None:
        return BatchNorm2d.forward(self, x)
    mean, var = (np.reshape(kept.data, (-1, 1, 1)) for kept in (self.running_mean, self.running_var))
    return instead(BatchNorm2d, self, x, affine(self, (x - mean) / np.sqrt(var + self.eps)))


@batch.wrong("path", method="forward")
def bias_of_the_channel_not_added(self: BatchNorm2d, x: Array) -> Array:
    """The shift by the bias is missing."""
    y = BatchNorm2d.forward(self, x)
    return y if self.bias is None else y - self.bias.data.reshape(-1, 1, 1)


@batch.wrong("path", method="forward")
def running_mean_not_moved(self: BatchNorm2d, x: Array) -> Array:
    """The running mean is never moved, so that evaluation uses its initial value."""
    before = None if self.running_mean is None else self.running_mean.data.copy()
    y = BatchNorm2d.forward(self, x)
    if self.running_mean is not None and before is not None:
        self.running_mean.assign(before)
    return y


@batch.wrong("order", method="forward")
def momentum_turned_round(self: BatchNorm2d, x: Array) -> Array:
    """The old running mean counts momentum, and the batch the rest: momentum is the share of the new."""
    before = None if self.running_mean is None else self.running_mean.data.copy()
    y = BatchNorm2d.forward(self, x)
    if self.training and self.running_mean is not None and before is not None and self.momentum is not None:
        new = x.mean(axis=(0, 2, 3))
        self.running_mean.assign((self.momentum * before + (1 - self.momentum) * new).astype(before.dtype))
    return y


@layer.wrong("order", method="forward")
def statistics_of_the_batch(self: LayerNorm, x: Array) -> Array:
    """Mean and variance run over the batch, where every row has its own."""
    return instead(LayerNorm, self, x, affine(self, standardised(x, (0,), self.eps)))


@layer.wrong("path", method="forward")
def row_not_centred(self: LayerNorm, x: Array) -> Array:
    """The mean of the row is not subtracted."""
    return instead(LayerNorm, self, x, affine(self, x / np.sqrt(x.var(axis=-1, keepdims=True) + self.eps)))


@layer.wrong("formula", method="forward")
def eps_of_the_row_outside_of_the_root(self: LayerNorm, x: Array) -> Array:
    """The eps is added to the deviation of the row, outside of the root."""
    centred = x - x.mean(axis=-1, keepdims=True)
    return instead(LayerNorm, self, x, affine(self, centred / (x.std(axis=-1, keepdims=True) + self.eps)))


@layer.wrong("mean", method="forward")
def unbiased_variance_of_the_row(self: LayerNorm, x: Array) -> Array:
    """The row is divided by the deviation with N - 1, where N belongs."""
    centred = x - x.mean(axis=-1, keepdims=True)
    return instead(LayerNorm, self, x, affine(self, centred / np.sqrt(
        x.var(axis=-1, keepdims=True, ddof=1) + self.eps)))


@layer.wrong("formula", method="forward")
def eps_of_the_row_not_not_added(self: LayerNorm, x: Array) -> Array:
    """The variance of the row is used without eps."""
    return instead(LayerNorm, self, x, affine(self, standardised(x, (-1,), 0.0)))


@group.wrong("order", method="forward")
def each_channel_alone(self: GroupNorm, x: Array) -> Array:
    """Every channel is standardised alone, as in instance norm, where a group shares its statistics."""
    return instead(GroupNorm, self, x, affine(self, standardised(x, (2,), self.eps)))


@group.wrong("order", method="forward")
def one_group_of_all(self: GroupNorm, x: Array) -> Array:
    """All channels are one group."""
    return instead(GroupNorm, self, x, affine(self, standardised(x, (1, 2), self.eps)))


@root.wrong("formula", method="forward")
def centred_too(self: RMSNorm, x: Array) -> Array:
    """The mean is subtracted, as in layer norm; here only the size is normalised."""
    return instead(RMSNorm, self, x, affine(self, standardised(x, (-1,), self.eps)))


@root.wrong("mean", method="forward")
def sum_of_squares(self: RMSNorm, x: Array) -> Array:
    """The root is that of the sum of squares, where their mean belongs."""
    return instead(RMSNorm, self, x, affine(self, x / np.sqrt((x**2).sum(axis=-1, keepdims=True) + self.eps)))


@instance.wrong("batch", method="forward")
def statistics_over_all_images(self: InstanceNorm2d, x: Array) -> Array:
    """The statistics run over the batch too, as in batch norm; every image has its own."""
    return instead(InstanceNorm2d, self, x, standardised(x, (0, 2, 3), self.eps))


@across.wrong("path", method="forward")
def neighbours_left_out(self: LocalResponseNorm, x: Array) -> Array:
    """Every channel is divided by its own square alone; the neighbours are left out."""
    return instead(LocalResponseNorm, self, x, x / (self.k + self.alpha / self.size * x**2)**self.beta)


@dropout.wrong("factor", method="forward")
def kept_values_not_scaled(self: Dropout, x: Array) -> Array:
    """What is kept is not divided by 1 - p, so that training and evaluation have different sizes."""
    y = Dropout.forward(self, x)
    return y * (1 - self.p) if self.training else y


@dropout.wrong("mode", method="forward")
def dropped_in_evaluation(self: Dropout, x: Array) -> Array:
    """In evaluation values are dropped as in training."""
    mode, self.training = self.training, True
    y = Dropout.forward(self, x)
    self.training = mode
    return y


@dropout.wrong("mode", method="forward")
def scaled_in_evaluation_instead(self: Dropout, x: Array) -> Array:
    """Evaluation multiplies by 1 - p although training has already divided by it."""
    y = Dropout.forward(self, x)
    return y if self.training else y * (1 - self.p)


@dropout.wrong("mask", method="forward")
def dropped_values_kept(self: Dropout, x: Array) -> Array:
    """The mask is turned round: what should be dropped is kept."""
    y = Dropout.forward(self, x)
    return np.where(y == 0, x / (1 - self.p), 0).astype(y.dtype) if self.training else y
