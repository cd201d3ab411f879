"""Drawing from a Gaussian whose mean and variance a network gives, so that the gradient reaches both."""

import math
from typing import Any, NamedTuple

import numpy as np

from .core import Array, Description, Kept, Layer, Shape, as_dtype, check_shape, default_rng, total

__all__ = ["GaussianSampling"]


class GaussianCache(NamedTuple):
    """What the noise moved the mean by (None in evaluation: nothing), and shape and dtypes of the inputs."""

    shift: Array | None
    x_shape: Shape
    mean_dtype: np.dtype[np.generic]
    log_var_dtype: np.dtype[np.generic]


class GaussianSampling(Layer):
    """A draw from a Gaussian, ``z = mean + shift``, ``shift = exp(log_var / 2) * noise``; in evaluation its mean.

    The noise is drawn apart from what is learned (the reparametrisation trick), so there is a path for the gradient.
    With ``always`` there are draws in evaluation too.

    Shapes:
        mean, log_var, z: any, the same for all; log_var is the logarithm of the variance

    Gradients:
        grad_mean    = grad_out
        grad_log_var = grad_out * shift / 2; none in evaluation

    Cost: one random number and one exponential a value; keeps ``shift``.

    Source: Kingma & Welling 2013, equation 10; Rezende, Mohamed & Wierstra 2014.

    Example:
        >>> sampling = GaussianSampling(rng=np.random.default_rng(0))
        >>> z = sampling.forward(np.full(10000, 3.0), np.full(10000, np.log(4.0)))
        >>> round(float(z.mean()), 1), round(float(z.std()), 1)
        (3.0, 2.0)
    """

    def __init__(self, always: bool = False, *, rng: np.random.Generator | None = None) -> None:
        self.always = always
        self.rng = rng

    def forward(self, mean: Array, log_var: Array) -> Array:
        check_shape(mean, (...,), name="mean", owner=self)
        check_shape(log_var, mean.shape, name="log_var", owner=self)
        shift = None
        if self.training or self.always:
            noise = default_rng(self.rng).standard_normal(mean.shape)
            shift = np.asarray(np.exp(log_var / 2) * as_dtype(noise, log_var.dtype))
        self.cache = GaussianCache(shift, mean.shape, mean.dtype, log_var.dtype)
        return mean if shift is None else mean + as_dtype(shift, mean.dtype)

    def backward(self, grad_out: Array) -> tuple[Array, Array | None] | None:
        shift, x_shape, mean_dtype, log_var_dtype = self.saved()
        check_shape(grad_out, x_shape, name="grad_out", owner=self)
        if not self.needs_input_grad:
            return None
        return as_dtype(grad_out, mean_dtype), None if shift is None else as_dtype(grad_out * shift / 2, log_var_dtype)

    def jvp(self, mean_dot: Array | None, log_var_dot: Array | None) -> Array | None:
        shift, _, mean_dtype, _ = self.point()
        self.tangent = () if shift is None or log_var_dot is None else shift * log_var_dot / 2      # that of shift
        return total(mean_dot, None if isinstance(self.tangent, tuple) else as_dtype(self.tangent, mean_dtype))

    def backward_jvp(self, grad_out: Array, grad_out_dot: Array | None) -> tuple[Any, Any]:
        shift, _, _, log_var_dtype = self.saved()
        shift_dot = self.saved_tangent()
        grad_log_var_dot = total(None if shift is None or grad_out_dot is None else grad_out_dot * shift / 2,
                                 None if isinstance(shift_dot, tuple) else grad_out * shift_dot / 2)
        return self.backward(grad_out), (grad_out_dot, None if grad_log_var_dot is None
                                         else as_dtype(grad_log_var_dot, log_var_dtype))

    def describe(self, *x_shapes: Shape) -> Description:
        """In evaluation the output is the mean itself, and nothing is kept."""
        mean_shape, log_var_shape = x_shapes
        check_shape(mean_shape, (...,), name="mean", owner=self)
        check_shape(log_var_shape, mean_shape, name="log_var", owner=self)
        if not (self.training or self.always):
            return self.description(mean_shape, views=(0,))
        return self.description(mean_shape, kept=(Kept("shift", math.prod(mean_shape)),))
