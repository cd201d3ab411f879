"""Wrong backwards of layers that draw: dropout of channels and weights, noise, random leaks."""

from typing import Any

import numpy as np

from ...layers import AlphaDropout, DropConnect, Dropout2d, GaussianNoise, GaussianSampling, RReLU
from ...layers.core import Array, Shape
from .mutant import Subject, each, with_methods

__all__ = ["SUBJECTS"]

channels = Subject(Dropout2d, lambda: Dropout2d(0.4), ((5, 4, 2, 3),))
alpha = Subject(AlphaDropout, lambda: AlphaDropout(0.4), ((7, 5),))
connect = Subject(DropConnect, lambda: DropConnect(5, 4, 0.4), ((6, 5),))
noise = Subject(GaussianNoise, lambda: GaussianNoise(0.5), ((6, 5),))
leak = Subject(RReLU, RReLU, ((7, 5),))
sampling = Subject(GaussianSampling, GaussianSampling, ((5, 3), (5, 3)))

SUBJECTS = (channels, alpha, connect, noise, leak, sampling)


def with_mask(layer: Any, grad_out: Array, change: Any) -> Any:
    """Go back with another mask than that of the way forward, if there is one."""
    cache = layer.saved()
    layer.cache = cache if cache.mask is None else cache._replace(mask=change(cache.mask))
    try:
        return super(type(layer), layer).backward(grad_out)
    finally:
        layer.cache = cache


@channels.wrong("mask")
def channels_of_another_image(self: Dropout2d, grad_out: Array) -> Any:
    """The mask has a row for each image; here all images go back through that of the first."""
    return with_mask(self, grad_out, lambda mask: np.broadcast_to(mask[:1], mask.shape))


@channels.wrong("mean")
def divided_by_the_share_that_was_kept(self: Dropout2d, grad_out: Array) -> Any:
    """The scale is 1 / (1 - p), whatever share of the channels happened to be kept."""
    def change(mask: Array) -> Array:
        return np.asarray(mask / max(mask.mean(), 0.1) * (1 - self.p))
    return with_mask(self, grad_out, change)


@alpha.wrong("factor")
def scale_of_plain_dropout(self: AlphaDropout, grad_out: Array) -> Any:
    """The scale keeps the variance of SELU; here it is 1 / (1 - p), as in plain dropout."""
    cache = self.saved()
    return AlphaDropout.backward(self, grad_out if cache.mask is None else grad_out / cache.scale / (1 - self.p))


@alpha.wrong("mask")
def left_out_values_let_the_gradient_through(self: AlphaDropout, grad_out: Array) -> Any:
    """What was left out became a constant, so no gradient passes there; here a small one does."""
    return with_mask(self, grad_out, lambda mask: np.where(mask, 1.0, 0.1))


@connect.wrong("mask")
def weights_back_through_unmasked(self: DropConnect, grad_out: Array) -> Any:
    """The input's gradient flows through weights that were left out."""
    grad_x = DropConnect.backward(self, grad_out)
    return None if grad_x is None else np.asarray(grad_out @ self.weight.data).astype(grad_x.dtype)


@connect.wrong("mask")
def left_out_weights_trained(self: DropConnect, grad_out: Array) -> Any:
    """Weights that were left out get a gradient, as from an outer product that does not know of the mask."""
    before = self.weight.grad.copy()
    grad_x = DropConnect.backward(self, grad_out)
    if self.weight.requires_grad and self.saved().mask is not None:
        self.weight.grad = before + grad_out.T @ self.saved().x
    return grad_x


@connect.wrong("factor")
def kept_weights_count_too_little(self: DropConnect, grad_out: Array) -> Any:
    """The mask has the scale 1 / (1 - p) in it; here it is taken for ones and zeros."""
    return with_methods(self, grad_out, _masked=lambda layer, weight: weight if layer.cache.mask is None
                        else weight * (layer.cache.mask != 0))


@noise.wrong("formula", method="adjoint")
def gradient_noisy_too(self: GaussianNoise, grad_out: Array, x_shape: Shape) -> Array:
    """The noise is added to the gradient as well, though it does not depend on the input."""
    return np.asarray(grad_out + np.random.default_rng(0).normal(0, self.std, x_shape).astype(grad_out.dtype))


@noise.wrong("factor", method="adjoint")
def gradient_scaled_by_the_noise(self: GaussianNoise, grad_out: Array, x_shape: Shape) -> Array:
    """The noise is taken for a factor, as in multiplicative noise."""
    return grad_out * (1 + self.std)


@leak.wrong("mean")
def mean_of_the_leaks(self: RReLU, grad_out: Array) -> Any:
    """The leak was drawn for each value; on the way back all have the mean, which is right in evaluation only."""
    slope = self.saved()
    return None if not self.needs_input_grad else np.where(
        slope == 1, grad_out, grad_out * (self.lower + self.upper) / 2).astype(slope.dtype)


@leak.wrong("mask")
def leaks_only_where_upstream_is_negative(self: RReLU, grad_out: Array) -> Any:
    """The sign that decides is that of the input, not of the upstream gradient."""
    return each(lambda grad: np.where(grad_out > 0, grad_out, grad).astype(grad.dtype),
                RReLU.backward(self, grad_out))


@sampling.wrong("path")
def deviation_taken_for_a_constant(self: GaussianSampling, grad_out: Array) -> Any:
    """The sample is mean + exp(log_var / 2) * noise; nothing flows into log_var."""
    grads = GaussianSampling.backward(self, grad_out)
    return grads and (grads[0], each(np.zeros_like, grads[1]))


@sampling.wrong("factor")
def half_of_the_logarithm_forgotten(self: GaussianSampling, grad_out: Array) -> Any:
    """log_var is the logarithm of the square, which gives its gradient a half."""
    grads = GaussianSampling.backward(self, grad_out)
    return grads and (grads[0], each(lambda grad: grad * 2, grads[1]))
