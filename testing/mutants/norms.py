"""Wrong backwards of norms that need no batch."""

from typing import Any

import numpy as np

from ...layers import GroupNorm, InstanceNorm2d, LayerNorm, LocalResponseNorm, RMSNorm
from ...layers.core import Array
from ...layers.norms.row_norm import RowNorm
from .mutant import Subject, each, with_methods

__all__ = ["SUBJECTS"]

layer_norm = Subject(LayerNorm, lambda: LayerNorm(5), ((4, 3, 5),))
rms_norm = Subject(RMSNorm, lambda: RMSNorm(5), ((4, 3, 5),))
group_norm = Subject(GroupNorm, lambda: GroupNorm(2, 4), ((3, 4, 5),))
instance_norm = Subject(InstanceNorm2d, lambda: InstanceNorm2d(3, affine=True, track_running_stats=True),
                        ((2, 3, 4, 3),))
response = Subject(LocalResponseNorm, lambda: LocalResponseNorm(4, alpha=0.5, k=2.0), ((2, 5, 3),))

SUBJECTS = (layer_norm, rms_norm, group_norm, instance_norm, response)


@layer_norm.wrong("path")
def statistics_of_the_row_taken_for_constants(self: LayerNorm, grad_out: Array) -> Any:
    """Mean and variance are those of the row itself; here the gradient is only divided by the deviation."""
    def divided(layer: Any, values: Array) -> Array:
        x, _, inv_std, _ = layer.point()
        return np.asarray(values.reshape(1, -1, x.shape[-1]) * inv_std).reshape(x.shape)
    return with_methods(self, grad_out, backward=RowNorm.backward, _along=divided)


@layer_norm.wrong("path")
def variance_path_of_the_row_forgotten(self: LayerNorm, grad_out: Array) -> Any:
    """The mean is subtracted from the gradient, the part along x_hat is not."""
    def centred(layer: Any, values: Array) -> Array:
        x, _, inv_std, _ = layer.point()
        rows = values.reshape(1, -1, x.shape[-1])
        return np.asarray((rows - rows.mean(axis=-1, keepdims=True)) * inv_std).reshape(x.shape)
    return with_methods(self, grad_out, backward=RowNorm.backward, _along=centred)


@layer_norm.wrong("order")
def weight_after_the_projection(self: LayerNorm, grad_out: Array) -> Any:
    """The weight multiplies the gradient after the means were taken, not before."""
    grad_x = with_methods(self, grad_out, backward=RowNorm.backward, _weighted=lambda layer, values: values)
    return None if grad_x is None else np.asarray(
        grad_x if self.weight is None else grad_x * self.weight.data, grad_x.dtype)


@layer_norm.wrong("formula")
def weight_gradient_of_the_plain_input(self: LayerNorm, grad_out: Array) -> Any:
    """The weight multiplied the standardised input; its gradient is taken with the input as it came."""
    return with_methods(self, grad_out, backward=RowNorm.backward,
                        _x_hat=lambda layer: layer.point().x.astype(layer.point().mean.dtype))


@rms_norm.wrong("path")
def mean_subtracted_all_the_same(self: RMSNorm, grad_out: Array) -> Any:
    """RMSNorm leaves the mean where it is; the backward is that of LayerNorm."""
    return each(lambda grad: grad - grad.mean(axis=-1, keepdims=True), RMSNorm.backward(self, grad_out))


@rms_norm.wrong("path")
def root_mean_square_taken_for_a_constant(self: RMSNorm, grad_out: Array) -> Any:
    """Each value is in the root mean square of its row; here the gradient is only divided by it."""
    def divided(layer: Any, values: Array) -> Array:
        x, _, inv_std, _ = layer.point()
        return np.asarray(values.reshape(1, -1, x.shape[-1]) * inv_std).reshape(x.shape)
    return with_methods(self, grad_out, backward=RowNorm.backward, _along=divided)


@rms_norm.wrong("factor")
def inverse_deviation_forgotten(self: RMSNorm, grad_out: Array) -> Any:
    """The input was divided by its root mean square; the gradient is not."""
    grad_x = RMSNorm.backward(self, grad_out)
    inv_std = self.saved().inv_std
    return each(lambda grad: (grad.reshape(1, -1, 5) / inv_std).reshape(grad.shape).astype(grad.dtype), grad_x)


@group_norm.wrong("order", method="_along")
def means_over_channels_instead_of_groups(self: GroupNorm, values: Array) -> Array:
    """The means run over each channel alone, as if there were as many groups as channels."""
    x, mean, inv_std, _ = self.point()
    rows = values.reshape(*x.shape[:2], -1)
    x_hat = self._x_hat().reshape(rows.shape)
    deviation = np.repeat(inv_std.reshape(x.shape[0], -1), x.shape[1] // self.num_groups, axis=1)[:, :, None]
    centred = rows - rows.mean(axis=2, keepdims=True) - x_hat * (rows * x_hat).mean(axis=2, keepdims=True)
    return np.asarray(centred * deviation, mean.dtype).reshape(x.shape)


@group_norm.wrong("batch")
def weight_gradient_of_one_example(self: GroupNorm, grad_out: Array) -> Any:
    """Only the first example gets into the gradients of weight and bias."""
    def first(layer: Any, values: Array, parameter: Any) -> Array:
        return GroupNorm._gathered(layer, np.where(np.arange(len(values))[:, None, None] == 0, values, 0), parameter)
    return with_methods(self, grad_out, _gathered=first)


@instance_norm.wrong("mode")
def statistics_of_evaluation_differentiated(self: InstanceNorm2d, grad_out: Array) -> Any:
    """In evaluation the statistics are remembered constants; here they are differentiated as in training."""
    cache = self.saved()
    self.cache = cache._replace(own=True)
    grad_x = InstanceNorm2d.backward(self, grad_out)
    self.cache = cache
    return grad_x


@instance_norm.wrong("batch", method="_along")
def means_over_the_batch(self: InstanceNorm2d, values: Array) -> Array:
    """The means run over the batch too, as in BatchNorm."""
    x, _, inv_std, own = self.point()
    if not own:
        return InstanceNorm2d._along(self, values)
    x_hat = self._x_hat()
    axes = (0, 2, 3)
    centred = values - values.mean(axis=axes, keepdims=True) - x_hat * (values * x_hat).mean(axis=axes, keepdims=True)
    return np.asarray(centred * inv_std.reshape(*x.shape[:2], 1, 1))


@response.wrong("path")
def neighbours_taken_for_constants(self: LocalResponseNorm, grad_out: Array) -> Any:
    """Every value is in the energy of its neighbours; here it is only divided by its own energy."""
    x, d = self.saved()
    return np.asarray(grad_out * d**-self.beta, x.dtype) if self.needs_input_grad else None


@response.wrong("order")
def neighbourhood_not_mirrored(self: LocalResponseNorm, grad_out: Array) -> Any:
    """With an even size the neighbourhood is lopsided; its adjoint reaches further to the other side."""
    return with_methods(self, grad_out, _near=lambda layer, values, before, behind: LocalResponseNorm._near(
        layer, values, behind, before))


@response.wrong("factor")
def two_of_the_square_forgotten(self: LocalResponseNorm, grad_out: Array) -> Any:
    """The energy is a sum of squares, whose derivative has a two."""
    return with_methods(self, grad_out, _rate=lambda layer: layer.alpha / layer.size)
