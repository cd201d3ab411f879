"""Wrong slopes of elementwise functions."""

import numpy as np

from ...layers import ELU, Cos, Exp, LeakyReLU, Log, Power, ReLU, Sigmoid, Sin, Softplus, Tanh
from ...layers.core import Array
from .mutant import Subject

__all__ = ["SUBJECTS"]

relu = Subject(ReLU, ReLU, ((5, 3),))
leaky = Subject(LeakyReLU, lambda: LeakyReLU(0.2), ((5, 3),))
elu = Subject(ELU, lambda: ELU(1.5), ((5, 3),))
sigmoid = Subject(Sigmoid, Sigmoid, ((5, 3),))
tanh = Subject(Tanh, Tanh, ((5, 3),))
softplus = Subject(Softplus, lambda: Softplus(beta=2.0, threshold=1.5), ((5, 3),))
exp = Subject(Exp, Exp, ((5, 3),))
log = Subject(Log, Log, (np.linspace(0.3, 4, 15).reshape(5, 3),))
sin = Subject(Sin, Sin, ((5, 3),))
cos = Subject(Cos, Cos, ((5, 3),))
power = Subject(Power, lambda: Power(3), ((5, 3),))

SUBJECTS = (relu, leaky, elu, sigmoid, tanh, softplus, exp, log, sin, cos, power)


@relu.wrong("mask", method="slope")
def mask_missing(self: ReLU, x: Array, y: Array) -> Array:
    """The gradient also passes where the input was negative and the output zero."""
    return np.ones_like(y)


@relu.wrong("mask", method="slope")
def mask_turned_round(self: ReLU, x: Array, y: Array) -> Array:
    """The gradient passes where the input was negative, and is stopped where it was positive."""
    return y <= 0


@relu.wrong("mask")
def mask_from_the_upstream_gradient(self: ReLU, grad_out: Array) -> Array:
    """The mask is taken from the gradient instead of the input: the rule of DeconvNet pictures, no derivative."""
    self.saved()
    return np.maximum(grad_out, 0)


@relu.wrong("mask")
def negative_upstream_stopped(self: ReLU, grad_out: Array) -> Array | None:
    """Negative gradients are stopped as well: the rule of guided backpropagation, no derivative."""
    return ReLU.backward(self, np.maximum(grad_out, 0))


@relu.wrong("formula", method="slope")
def slope_is_the_output(self: ReLU, x: Array, y: Array) -> Array:
    """The gradient is multiplied by the output instead of by the mask (output > 0)."""
    return y


@relu.wrong("argument", method="forward")
def input_rectified_in_place(self: ReLU, x: Array) -> Array:
    """The output is written into the input, which belongs to the caller."""
    np.maximum(x, 0, out=x)
    return ReLU.forward(self, x)


@relu.wrong("argument")
def upstream_masked_in_place(self: ReLU, grad_out: Array) -> Array | None:
    """The mask is applied to the upstream gradient in place, which another branch may still need."""
    grad_out[self.saved().y <= 0] = 0
    return ReLU.backward(self, grad_out)


@leaky.wrong("mask", method="slope")
def leak_forgotten(self: LeakyReLU, x: Array, y: Array) -> Array:
    """The gradient is zero below zero, as in ReLU."""
    return x > 0


@leaky.wrong("mask", method="slope")
def leak_above_zero(self: LeakyReLU, x: Array, y: Array) -> Array:
    """The two branches are swapped."""
    return np.where(x > 0, self.negative_slope, 1.0).astype(x.dtype)


@leaky.wrong("sign", method="slope")
def leak_negative(self: LeakyReLU, x: Array, y: Array) -> Array:
    """The slope below zero is taken with a minus, as if the function were a bent |x|."""
    return np.where(x > 0, 1.0, -self.negative_slope).astype(x.dtype)


@elu.wrong("factor", method="slope")
def alpha_forgotten(self: ELU, x: Array, y: Array) -> Array:
    """The slope below zero is alpha * exp(x), here without alpha."""
    return np.where(x > 0, 1.0, np.exp(x)).astype(x.dtype)


@elu.wrong("formula", method="slope")
def slope_is_the_value(self: ELU, x: Array, y: Array) -> Array:
    """The slope below zero is taken as alpha * (exp(x) - 1), which is the value."""
    return np.asarray(np.where(x > 0, 1.0, self.alpha * np.expm1(x)), x.dtype)


@sigmoid.wrong("formula", method="slope")
def sigmoid_of_the_output(self: Sigmoid, x: Array, y: Array) -> Array:
    """The derivative is taken at the output, as if y were x: the sigmoid is applied twice."""
    twice = Sigmoid.value(self, y)
    return np.asarray(twice * (1 - twice))


@sigmoid.wrong("factor", method="slope")
def one_minus_y_forgotten(self: Sigmoid, x: Array, y: Array) -> Array:
    """The slope is y * (1 - y), here only y."""
    return y


@sigmoid.wrong("sign", method="slope")
def y_times_y_minus_one(self: Sigmoid, x: Array, y: Array) -> Array:
    """The factor 1 - y is turned round."""
    return np.asarray(y * (y - 1))


@sigmoid.wrong("formula", method="slope")
def slope_of_tanh(self: Sigmoid, x: Array, y: Array) -> Array:
    """The slope is that of the hyperbolic tangent, 1 - y**2."""
    return 1 - y * y


@tanh.wrong("formula", method="slope")
def square_forgotten(self: Tanh, x: Array, y: Array) -> Array:
    """The slope is 1 - y**2, here 1 - y."""
    return 1 - y


@tanh.wrong("formula", method="slope")
def tanh_of_the_output(self: Tanh, x: Array, y: Array) -> Array:
    """The derivative is taken at the output, as if y were x: the tangent is applied twice."""
    return np.asarray(1 - np.tanh(y) ** 2)


@tanh.wrong("sign", method="slope")
def one_plus_the_square(self: Tanh, x: Array, y: Array) -> Array:
    """The slope is that of the trigonometric tangent, 1 + y**2."""
    return 1 + y * y


@softplus.wrong("factor", method="slope")
def beta_forgotten(self: Softplus, x: Array, y: Array) -> Array:
    """The slope is sigmoid(beta * x), here sigmoid(x)."""
    return np.where(self.beta * x > self.threshold, 1.0, 1 / (1 + np.exp(-x))).astype(x.dtype)


@softplus.wrong("factor", method="slope")
def beta_twice(self: Softplus, x: Array, y: Array) -> Array:
    """The inner derivative beta is multiplied in, but the division by beta that undoes it is forgotten."""
    return Softplus.slope(self, x, y) * self.beta


@softplus.wrong("mask", method="slope")
def threshold_forgotten(self: Softplus, x: Array, y: Array) -> Array:
    """Above the threshold the function is x itself and its slope one, here it stays a sigmoid."""
    return (1 / (1 + np.exp(-self.beta * x))).astype(x.dtype)


@exp.wrong("formula", method="slope")
def power_rule_for_the_exponential(self: Exp, x: Array, y: Array) -> Array:
    """The exponential is differentiated as if it were a power: x * exp(x - 1) for exp(x)."""
    return np.log(y) * y / np.e


@log.wrong("formula", method="slope")
def slope_of_one_over_x(self: Log, x: Array, y: Array) -> Array:
    """The logarithm is differentiated twice."""
    return -1 / x**2


@sin.wrong("formula", method="slope")
def sine_stays_sine(self: Sin, x: Array, y: Array) -> Array:
    """The slope of the sine is the cosine."""
    return np.sin(x)


@cos.wrong("sign", method="slope")
def minus_of_the_sine_forgotten(self: Cos, x: Array, y: Array) -> Array:
    """The slope of the cosine is minus the sine."""
    return np.sin(x)


@power.wrong("formula", method="slope")
def exponent_not_lowered(self: Power, x: Array, y: Array) -> Array:
    """The slope is exponent * x**(exponent - 1), here with the old exponent."""
    return np.asarray(self.exponent * x**self.exponent)


@power.wrong("factor", method="slope")
def exponent_not_brought_down(self: Power, x: Array, y: Array) -> Array:
    """The slope is exponent * x**(exponent - 1), here without the factor."""
    return np.asarray(x ** (self.exponent - 1))
