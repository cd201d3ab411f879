"""Negative log-likelihood of numbers under a Gaussian whose mean and variance are both predicted."""

import math
from typing import Any, NamedTuple

import numpy as np

from ..layers.core import (
    Array,
    Positive,
    Shape,
    ShapeError,
    ValueRangeError,
    as_dtype,
    check_range,
    check_shape,
    show_shape,
    unbroadcast,
)
from .joint_loss import JointLoss
from .loss import Reduction

__all__ = ["GaussianNLLLoss"]


class Gaussian(NamedTuple):
    """How far the mean is off, the variance that broadcasts to it, and the shape in which that came."""

    error: Array
    var: Array
    var_shape: Shape


class GaussianNLLLoss(JointLoss):
    """Gaussian negative log-likelihood, ``(log(var) + error**2 / var) / 2`` with ``error = input - target``.

    ``full`` adds ``log(2 * pi) / 2``. A variance below ``eps`` counts as ``eps``, yet has the gradient of one that is
    ``eps``, as in PyTorch: so it can grow again.

    Shapes:
        input:  any, means; target: that of input, with axes of size 1 where it is stretched
        var:    as target; or without the last axis of input, or one number

    Gradients:
        grad_input = scale * error / var
        grad_var   = scale * (1 / var - (error / var)**2) / 2, summed over the axes along which var is stretched

    Cost: one logarithm per variance, a few passes; keeps ``error`` and ``var``.

    Raises: ValueRangeError for a negative variance.

    Source: Nix & Weigend 1994; torch.nn.GaussianNLLLoss.

    Example:
        >>> GaussianNLLLoss().forward(np.array([1.0, 2.0]), np.array([3.0, 2.0]), np.array([1.0, 1.0]))
        1.0
    """

    def __init__(self, *, full: bool = False, eps: Positive = 1e-6, reduction: Reduction = "mean") -> None:
        super().__init__(reduction)
        self.full = full
        self.eps = check_range(eps, 0, math.inf, name="eps", owner="GaussianNLLLoss", open_low=True)

    def ordered(self, input: Any, target: Any, var: Any) -> tuple[Any, Any]:
        return (input, var), target

    def terms(self, prediction: Any, target: Array) -> tuple[Array, Gaussian]:
        if isinstance(prediction, tuple) and isinstance(prediction[-1], (int, float)):
            prediction = (*prediction[:-1], np.asarray(prediction[-1], np.asarray(prediction[0]).dtype))
        mean, given = self.split(prediction, "input", "var", alike=False)
        if (given < 0).any():
            raise ValueRangeError(f"{self.title} expected var without negative entries, got {given.min()}; "
                                  f"put Softplus() before it, or predict its logarithm and take exp")
        var = given[..., None] if given.shape == mean.shape[:-1] != mean.shape else given
        self._check_stretch(target, mean.shape, "target")
        if var.ndim:
            self._check_stretch(var, mean.shape, "var")
        error, var = mean - as_dtype(target, mean.dtype), np.maximum(var, self.eps)
        terms = (np.log(var) + error**2 / var) / 2
        return np.asarray(terms + math.log(2 * math.pi) / 2 if self.full else terms), Gaussian(error, var, given.shape)

    def terms_backward(self, own: Gaussian, scale: float | Array) -> tuple[Array, Array]:
        pull = np.asarray(own.error / own.var)
        return np.asarray(pull * scale), self._to_var(scale * (1 / own.var - pull**2) / 2, own)

    def terms_hvp(self, own: Gaussian, scale: float, prediction_dot: Any) -> tuple[Array, Array]:
        error_dot, var_dot = self.split(prediction_dot, "input_dot", "var_dot", alike=False)
        var_dot, pull = var_dot.reshape(own.var.shape), np.asarray(own.error / own.var)
        pull_dot = (error_dot - pull * var_dot) / own.var
        var_hvp = -var_dot / own.var**2 / 2 - pull * pull_dot
        return np.asarray(pull_dot * scale), self._to_var(scale * var_hvp, own)

    def _to_var(self, grad: Array, own: Gaussian) -> Array:
        """Sum a gradient over the axes along which var was stretched."""
        return unbroadcast(np.broadcast_to(grad, own.error.shape), own.var.shape).reshape(own.var_shape)

    def _check_stretch(self, part: Any, shape: Shape, name: str) -> None:
        check_shape(part, (...,), name=name, owner=self)
        if part.ndim != len(shape) or any(size not in (1, full) for size, full in zip(part.shape, shape, strict=True)):
            raise ShapeError(f"{self.title} expected {name} of the shape of input, {show_shape(shape)}, or with axes "
                             f"of size 1 in it, got {show_shape(part.shape)}")
