"""Wrong forwards of activations."""

import numpy as np

from ....layers import (
    ELU,
    GELU,
    Hardtanh,
    LeakyReLU,
    LogSoftmax,
    PReLU,
    ReLU,
    Sigmoid,
    SiLU,
    Softmax,
    Softplus,
    Tanh,
)
from ....layers.core import Array
from ..mutant import Subject
from .changed import instead

__all__ = ["SUBJECTS"]

relu = Subject(ReLU, ReLU, ((5, 3),))
leaky = Subject(LeakyReLU, lambda: LeakyReLU(0.2), ((5, 3),))
elu = Subject(ELU, lambda: ELU(1.5), ((5, 3),))
sigmoid = Subject(Sigmoid, Sigmoid, ((5, 3),))
tanh = Subject(Tanh, Tanh, ((5, 3),))
softplus = Subject(Softplus, lambda: Softplus(2.0), ((5, 3),))
silu = Subject(SiLU, SiLU, ((5, 3),))
gelu = Subject(GELU, lambda: GELU("tanh"), ((5, 3),))
hard = Subject(Hardtanh, lambda: Hardtanh(-0.5, 0.8), ((5, 3),))
prelu = Subject(PReLU, lambda: PReLU(3), ((5, 3),))
softmax = Subject(Softmax, lambda: Softmax(1), ((4, 3),))
log_softmax = Subject(LogSoftmax, lambda: LogSoftmax(1), ((4, 3),))

SUBJECTS = (relu, leaky, elu, sigmoid, tanh, softplus, silu, gelu, hard, prelu, softmax, log_softmax)


@relu.wrong("mask", method="forward")
def negative_values_pass(self: ReLU, x: Array) -> Array:
    """Negative values pass and positive ones are stopped: min stands for max."""
    return instead(ReLU, self, x, np.minimum(x, 0))


@relu.wrong("formula", method="forward")
def absolute_value(self: ReLU, x: Array) -> Array:
    """Negative values are turned round instead of set to zero."""
    return instead(ReLU, self, x, np.abs(x))


@relu.wrong("formula", method="forward")
def step_in_place_of_ramp(self: ReLU, x: Array) -> Array:
    """The output is one where x is positive: that is the slope, not the value."""
    return instead(ReLU, self, x, x > 0)


@leaky.wrong("mask", method="forward")
def leak_on_the_positive_side(self: LeakyReLU, x: Array) -> Array:
    """The positive values are scaled by the leak, the negative ones pass whole."""
    return instead(LeakyReLU, self, x, np.where(x > 0, self.negative_slope * x, x))


@leaky.wrong("sign", method="forward")
def leak_turned_up(self: LeakyReLU, x: Array) -> Array:
    """Below zero the output is minus the leak times x, and so positive."""
    return instead(LeakyReLU, self, x, np.where(x > 0, x, -self.negative_slope * x))


@elu.wrong("factor", method="forward")
def alpha_left_out(self: ELU, x: Array) -> Array:
    """The exponential branch is not multiplied by alpha."""
    return instead(ELU, self, x, np.where(x > 0, x, np.expm1(x)))


@elu.wrong("path", method="forward")
def one_not_subtracted(self: ELU, x: Array) -> Array:
    """The exponential branch lacks its minus one, so that the function jumps at zero."""
    return instead(ELU, self, x, np.where(x > 0, x, self.alpha * np.exp(x)))


@sigmoid.wrong("sign", method="forward")
def exponent_not_negated(self: Sigmoid, x: Array) -> Array:
    """The exponent lacks its minus: 1 / (1 + exp(x)) falls where it should rise."""
    return instead(Sigmoid, self, x, 1 / (1 + np.exp(x)))


@sigmoid.wrong("formula", method="forward")
def tanh_for_the_sigmoid(self: Sigmoid, x: Array) -> Array:
    """The hyperbolic tangent stands for the sigmoid: its range is -1 to 1, not 0 to 1."""
    return instead(Sigmoid, self, x, np.tanh(x))


@tanh.wrong("formula", method="forward")
def sigmoid_for_the_tanh(self: Tanh, x: Array) -> Array:
    """The sigmoid stands for the hyperbolic tangent."""
    return instead(Tanh, self, x, 1 / (1 + np.exp(-x)))


@tanh.wrong("sign", method="forward")
def difference_turned_round(self: Tanh, x: Array) -> Array:
    """The exponentials are subtracted the wrong way round."""
    return instead(Tanh, self, x, (np.exp(-x) - np.exp(x)) / (np.exp(x) + np.exp(-x)))


@softplus.wrong("factor", method="forward")
def division_by_beta_left_out(self: Softplus, x: Array) -> Array:
    """The logarithm is not divided by beta."""
    return instead(Softplus, self, x, np.log1p(np.exp(self.beta * x)))


@softplus.wrong("formula", method="forward")
def one_inside_the_logarithm_left_out(self: Softplus, x: Array) -> Array:
    """The one under the logarithm is missing, and log(exp(x)) is x itself."""
    return instead(Softplus, self, x, x)


@silu.wrong("path", method="forward")
def gate_alone(self: SiLU, x: Array) -> Array:
    """The output is the sigmoid alone, not multiplied by x."""
    return instead(SiLU, self, x, 1 / (1 + np.exp(-x)))


@silu.wrong("formula", method="forward")
def gated_by_tanh(self: SiLU, x: Array) -> Array:
    """The gate is a hyperbolic tangent where a sigmoid belongs."""
    return instead(SiLU, self, x, x * np.tanh(x))


@gelu.wrong("factor", method="forward")
def half_left_out(self: GELU, x: Array) -> Array:
    """The factor one half before the bracket is missing."""
    return instead(GELU, self, x, 2 * GELU.forward(self, x))


@gelu.wrong("path", method="forward")
def one_in_the_bracket_left_out(self: GELU, x: Array) -> Array:
    """The bracket is tanh(...) without the one that is added to it."""
    return instead(GELU, self, x, GELU.forward(self, x) - x / 2)


@hard.wrong("mask", method="forward")
def lower_bound_left_out(self: Hardtanh, x: Array) -> Array:
    """Only the upper bound is applied."""
    return instead(Hardtanh, self, x, np.minimum(x, self.max_val))


@prelu.wrong("mask", method="forward")
def learned_leak_everywhere(self: PReLU, x: Array) -> Array:
    """The leak is applied to positive values too."""
    return instead(PReLU, self, x, x * self.weight.data)


@softmax.wrong("order", method="forward")
def normalised_over_the_batch(self: Softmax, x: Array) -> Array:
    """The sum runs over the batch, so that columns and not rows add up to one."""
    return instead(Softmax, self, x, np.exp(x) / np.exp(x).sum(axis=0, keepdims=True))


@softmax.wrong("batch", method="forward")
def normalised_over_everything(self: Softmax, x: Array) -> Array:
    """The sum runs over the whole array, so that all entries of the batch share one probability."""
    return instead(Softmax, self, x, np.exp(x) / np.exp(x).sum())


@softmax.wrong("path", method="forward")
def not_normalised(self: Softmax, x: Array) -> Array:
    """The exponentials are not divided by their sum."""
    return instead(Softmax, self, x, np.exp(x - x.max(axis=1, keepdims=True)))


@log_softmax.wrong("formula", method="forward")
def logarithm_left_out(self: LogSoftmax, x: Array) -> Array:
    """The probabilities are returned, not their logarithms."""
    return instead(LogSoftmax, self, x, np.exp(x) / np.exp(x).sum(axis=1, keepdims=True))


@log_softmax.wrong("sign", method="forward")
def negative_logarithm(self: LogSoftmax, x: Array) -> Array:
    """The minus of the negative log-likelihood is already here, where it does not belong."""
    return -LogSoftmax.forward(self, x)
