"""The evidence lower bound: what a variational autoencoder is trained for."""

import math
from typing import Annotated, Any, NamedTuple

import numpy as np

from ..layers.core import (
    Array,
    NonNegative,
    OneOf,
    Positive,
    ShapeError,
    as_dtype,
    check_choice,
    check_range,
    check_shape,
    show_shape,
)
from ..layers.kernels import sigmoid
from .bce_with_logits import BCEWithLogitsLoss
from .elementwise_loss import ElementwiseLoss
from .joint_loss import JointLoss
from .loss import Reduction
from .mse import MSELoss

__all__ = ["ELBOLoss"]

_ELEMENTS: dict[str, type[ElementwiseLoss]] = {"bernoulli": BCEWithLogitsLoss, "gaussian": MSELoss}


class Bound(NamedTuple):
    """What was drawn again, what it should be, and mean and logarithm of the variance of its code."""

    reconstruction: Array
    target: Array
    mean: Array
    log_var: Array


class ELBOLoss(JointLoss):
    """The evidence lower bound, negative, in nats: one term for each sample, ``terms = misfit + beta * divergence``.

    Formula: misfit     = the sum over a sample of -log p(target | reconstruction): "bernoulli", binary cross-entropy of
                          logits; "gaussian", (error / std)**2 / 2 + log(std) + log(2 * pi) / 2
             divergence = the sum of (mean**2 + exp(log_var) - 1 - log_var) / 2, KL(N(mean, exp(log_var)) || N(0, 1))

    Shapes:
        reconstruction: (N, ...); target: that of reconstruction
        mean, log_var:  (N, ...), the same for both
        terms:          (N,)

    Gradients:
        grad_reconstruction = scale * (sigmoid(reconstruction) - target), or scale * error / std**2
        grad_mean           = scale * beta * mean
        grad_log_var        = scale * beta * (exp(log_var) - 1) / 2

    Cost: an exponential and a logarithm per element; keeps prediction and target.

    Source: Kingma & Welling 2013, equation 10; beta: Higgins et al. 2017.

    Example:
        >>> code = np.zeros((1, 2))
        >>> round(ELBOLoss().forward((np.zeros((1, 8)), code, code), np.ones((1, 8))), 4)
        5.5452
    """

    def __init__(self, likelihood: Annotated[str, OneOf(*_ELEMENTS)] = "bernoulli", beta: NonNegative = 1.0,
                 std: Positive = 1.0, reduction: Reduction = "mean") -> None:
        super().__init__(reduction)
        self.likelihood = check_choice(likelihood, tuple(_ELEMENTS), name="likelihood", owner="ELBOLoss")
        self.beta = check_range(beta, 0, math.inf, name="beta", owner="ELBOLoss")
        self.std = check_range(std, 0, math.inf, name="std", owner="ELBOLoss", open_low=True)
        self._element = _ELEMENTS[likelihood]()
        gaussian = likelihood == "gaussian"
        self._price = 1 / (2 * std**2) if gaussian else 1.0
        self._constant = math.log(std) + math.log(2 * math.pi) / 2 if gaussian else 0.0

    def ordered(self, reconstruction: Any, mean: Any, log_var: Any, target: Any) -> tuple[Any, Any]:
        return (reconstruction, mean, log_var), target

    def terms(self, prediction: Any, target: Array) -> tuple[Array, Bound]:
        own = self._checked(prediction, target)
        return np.asarray(self._misfit(own) + self.beta * self._divergence(own)), own

    def terms_backward(self, own: Bound, scale: float | Array) -> tuple[Array, Array, Array]:
        reconstruction, target, mean, log_var = own
        slope = self._price * self._element.slope(reconstruction, target)
        return (slope * _beside(scale, slope), self.beta * mean * _beside(scale, mean),
                self.beta / 2 * np.expm1(log_var) * _beside(scale, log_var))

    def terms_hvp(self, own: Bound, scale: float, prediction_dot: Any) -> tuple[Array, Array, Array]:
        reconstruction, target, mean, log_var = own
        dots = self.split(prediction_dot, "reconstruction_dot", "mean_dot", "log_var_dot", alike=False)
        curvatures = (self._price * self._element.curvature(reconstruction, target), self.beta,
                      self.beta / 2 * np.exp(log_var))
        first, second, third = (np.asarray(scale * curvature * as_dtype(dot, mean.dtype))
                                for curvature, dot in zip(curvatures, dots, strict=True))
        return first, second, third

    def misfit(self, prediction: Any, target: Array) -> Array:
        """Return, for every sample, the part of the bound that says how badly it was drawn again."""
        return self._misfit(self._checked(prediction, target))

    def divergence(self, prediction: Any, target: Array) -> Array:
        """Return, for every sample, what its code tells beyond the prior: the other part of the bound, without beta."""
        return self._divergence(self._checked(prediction, target))

    def expected(self, reconstruction: Array) -> Array:
        """Return the sample that is to be expected of a reconstruction: probabilities of logits, or itself."""
        return sigmoid(reconstruction) if self.likelihood == "bernoulli" else reconstruction

    def _misfit(self, own: Bound) -> Array:
        return _by_sample(self._price * self._element.value(own.reconstruction, own.target) + self._constant)

    def _divergence(self, own: Bound) -> Array:
        return _by_sample(own.mean**2 + (np.expm1(own.log_var) - own.log_var)) / 2

    def _checked(self, prediction: Any, target: Array) -> Bound:
        reconstruction, mean, log_var = self.split(prediction, "reconstruction", "mean", "log_var", alike=False)
        if not reconstruction.ndim or not mean.ndim or len(reconstruction) != len(mean):
            raise ShapeError(f"{self.title} expected reconstruction and mean as one row for each sample, got shapes "
                             f"{show_shape(reconstruction.shape)} and {show_shape(mean.shape)}")
        check_shape(log_var, mean.shape, name="log_var", owner=self)
        check_shape(target, reconstruction.shape, name="target", owner=self)
        return Bound(reconstruction, as_dtype(target, reconstruction.dtype), mean, log_var)


def _by_sample(values: Array) -> Array:
    return np.asarray(values.reshape(len(values), -1).sum(axis=1))


def _beside(scale: float | Array, values: Array) -> float | Array:
    """Return a scale, one for each sample if it is an array, so that it multiplies the samples' values."""
    return scale.reshape(-1, *[1] * (values.ndim - 1)) if isinstance(scale, np.ndarray) else scale
