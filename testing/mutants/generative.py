"""Wrong gradients of the parts of a variational autoencoder, a draw and a bound, and of the loss of a critic."""

from typing import Any

import numpy as np

from ...layers import GaussianSampling
from ...layers.core import Array
from ...losses import ELBOLoss, WassersteinLoss
from ...losses.elbo import Bound
from .mutant import Subject, each

__all__ = ["SUBJECTS"]

sampling = Subject(GaussianSampling, GaussianSampling, ((5, 3), (5, 3)))
chance = np.linspace(0.05, 0.95, 20).reshape(5, 4)
elbo = Subject(ELBOLoss, lambda: ELBOLoss(beta=0.7), (((5, 4), (5, 3), (5, 3)), chance))
gaussian = Subject(ELBOLoss, lambda: ELBOLoss("gaussian", std=0.6), (((5, 4), (5, 3), (5, 3)), (5, 4)))

critic = Subject(WassersteinLoss, WassersteinLoss, ((5, 3), np.arange(15).reshape(5, 3) % 2.0))

SUBJECTS = (sampling, elbo, gaussian, critic)


@sampling.wrong("factor")
def half_forgotten(self: GaussianSampling, grad_out: Array) -> Any:
    """The layer is given the logarithm of the variance, whose half is that of the deviation."""
    grad_mean, grad_log_var = GaussianSampling.backward(self, grad_out) or (None, None)
    return (grad_mean, each(lambda grad: 2 * grad, grad_log_var)) if self.needs_input_grad else None


@sampling.wrong("formula")
def noise_instead_of_shift(self: GaussianSampling, grad_out: Array) -> Any:
    """The derivative of the deviation is taken as 1 / 2, as if the layer were given the deviation itself."""
    grads, shift = GaussianSampling.backward(self, grad_out), self.saved().shift
    if grads is None or shift is None:
        return grads
    return grads[0], (grad_out * np.sign(shift) / 2).astype(self.saved().log_var_dtype)


@sampling.wrong("path")
def no_gradient_of_the_variance(self: GaussianSampling, grad_out: Array) -> Any:
    """The draw is taken for a constant beside the mean, so the variance learns from its price alone."""
    grads = GaussianSampling.backward(self, grad_out)
    return None if grads is None else (grads[0], None)


@sampling.wrong("mode")
def variance_has_a_gradient_in_evaluation(self: GaussianSampling, grad_out: Array) -> Any:
    """In evaluation the output is the mean, whatever the variance."""
    grads = GaussianSampling.backward(self, grad_out)
    if grads is None or grads[1] is not None:
        return grads
    return grads[0], grad_out.astype(self.saved().log_var_dtype)


@sampling.wrong("upstream")
def upstream_of_the_variance_ignored(self: GaussianSampling, grad_out: Array) -> Any:
    """The gradient of the variance is that of the sum of the draws."""
    grads = GaussianSampling.backward(self, np.ones_like(grad_out))
    return None if grads is None else (grad_out.astype(grads[0].dtype), grads[1])


@elbo.wrong("sign", method="terms_backward")
def divergence_pushed_up(self: ELBOLoss, own: Bound, scale: Any) -> Any:
    """The gradient of the divergence has the wrong sign, so codes run away from the prior."""
    reconstruction, mean, log_var = ELBOLoss.terms_backward(self, own, scale)
    return reconstruction, -mean, -log_var


@elbo.wrong("formula", method="terms_backward")
def logarithm_taken_for_the_variance(self: ELBOLoss, own: Bound, scale: Any) -> Any:
    """The gradient of the variance is taken at log_var instead of exp(log_var)."""
    reconstruction, mean, log_var = ELBOLoss.terms_backward(self, own, scale)
    return reconstruction, mean, (log_var * own.log_var / np.expm1(own.log_var)).astype(log_var.dtype)


@elbo.wrong("factor", method="terms_backward")
def beta_forgotten(self: ELBOLoss, own: Bound, scale: Any) -> Any:
    """The price of the divergence is in the value and not in the gradient."""
    reconstruction, mean, log_var = ELBOLoss.terms_backward(self, own, scale)
    return reconstruction, mean / self.beta, log_var / self.beta


@elbo.wrong("factor", method="terms_backward")
def half_of_the_variance_forgotten(self: ELBOLoss, own: Bound, scale: Any) -> Any:
    """The divergence is half of a sum, and so is its gradient; that of the mean has lost its half to the square."""
    reconstruction, mean, log_var = ELBOLoss.terms_backward(self, own, scale)
    return reconstruction, mean, 2 * log_var


@elbo.wrong("mean")
def divided_by_the_elements(self: ELBOLoss, grad_out: Any = 1.0) -> Any:
    """The mean is over samples, each a sum over its elements, and not over elements."""
    size = self.saved().own.mean[0].size if self.reduction == "mean" else 1
    return each(lambda grad: grad / size, ELBOLoss.backward(self, grad_out))


@elbo.wrong("order", method="terms_backward")
def mean_and_variance_swapped(self: ELBOLoss, own: Bound, scale: Any) -> Any:
    """The gradients come in another order than the parts of the prediction; shapes do not tell."""
    reconstruction, mean, log_var = ELBOLoss.terms_backward(self, own, scale)
    return reconstruction, log_var, mean


@gaussian.wrong("factor", method="terms_backward")
def deviation_not_squared(self: ELBOLoss, own: Bound, scale: Any) -> Any:
    """The error counts in units of the deviation, squared: its gradient is divided by the variance."""
    reconstruction, mean, log_var = ELBOLoss.terms_backward(self, own, scale)
    return reconstruction * self.std, mean, log_var


@critic.wrong("sign")
def data_and_samples_exchanged(self: WassersteinLoss, grad_out: float | Array = 1.0) -> Any:
    """The score of data is to rise and that of samples to fall; here it is the other way round."""
    return each(lambda grad: -grad, WassersteinLoss.backward(self, grad_out))


@critic.wrong("path")
def samples_left_out(self: WassersteinLoss, grad_out: float | Array = 1.0) -> Any:
    """Only data have a gradient, so nothing holds the scores of samples down."""
    return each(lambda grad: grad * self.saved().own.target, WassersteinLoss.backward(self, grad_out))
