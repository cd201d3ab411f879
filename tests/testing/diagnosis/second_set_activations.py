"""Wrong layers as students write them: activations."""

import numpy as np
import scipy

from chainrule.layers import ELU, GELU, LeakyReLU, ReLU, Sigmoid, SiLU, Tanh

from .second_set import wrong


class StudentActivation:
    """forward keeps x and y; a student writes value and slope."""

    def forward(self, x):
        y = self.value(x)
        self.cache = x, y
        return y

    def backward(self, grad_out):
        x, y = self.saved()
        return grad_out * self.slope(x, y)


@wrong("mask", (5, 4))
class ReLUOfGradient(ReLU):
    def backward(self, grad_out):
        return np.maximum(grad_out, 0)


@wrong("mask", (5, 4))
class ReLUPassesAll(ReLU):
    def backward(self, grad_out):
        self.saved()
        return grad_out.copy()


@wrong("argument", (5, 4))
class ReLUInPlace(ReLU):
    def forward(self, x):
        y = super().forward(x)
        x[x < 0] = 0
        return y


@wrong("argument", (5, 4))
class ReLUGradInPlace(ReLU):
    def backward(self, grad_out):
        grad_x = super().backward(grad_out)
        grad_out[grad_x == 0] = 0
        return grad_x


@wrong("mask", (5, 4), negative_slope=0.2)
class LeakyReLUTurned(LeakyReLU):
    def forward(self, x):
        self.cache = x
        return np.where(x > 0, x, x * 0.2).astype(x.dtype)

    def backward(self, grad_out):
        x = self.saved()
        return np.where(x < 0, grad_out, grad_out * 0.2).astype(x.dtype)


@wrong("factor", (5, 4), negative_slope=0.2)
class LeakyReLUSlopeTwice(LeakyReLU):
    def forward(self, x):
        self.cache = x
        return np.where(x > 0, x, x * 0.2).astype(x.dtype)

    def backward(self, grad_out):
        """The slope is squared, for it is taken of what has been multiplied already."""
        x = self.saved()
        return np.where(x > 0, grad_out, grad_out * 0.2 * 0.2).astype(x.dtype)


@wrong("upstream", (5, 4))
class SigmoidLocal(StudentActivation, Sigmoid):
    def value(self, x):
        return 1 / (1 + np.exp(-x))

    def backward(self, grad_out):
        _, y = self.saved()
        return y * (1 - y)


@wrong("formula", (5, 4))
class SigmoidTwice(StudentActivation, Sigmoid):
    def value(self, x):
        return 1 / (1 + np.exp(-x))

    def slope(self, x, y):
        return self.value(y) * (1 - self.value(y))


@wrong("sign", (5, 4))
class SigmoidFalling(Sigmoid):
    def forward(self, x):
        super().forward(x)
        return 1 / (1 + np.exp(x))


@wrong("formula", (5, 4))
class TanhNotSquared(StudentActivation, Tanh):
    def value(self, x):
        return np.tanh(x)

    def slope(self, x, y):
        return 1 - y


@wrong("formula", (5, 4))
class TanhOfInput(StudentActivation, Tanh):
    def value(self, x):
        return np.tanh(x)

    def slope(self, x, y):
        return 1 - x ** 2


@wrong("formula", (5, 4))
class GELUApproximated(GELU):
    def forward(self, x):
        super().forward(x)
        return 0.5 * x * (1 + np.tanh(0.7978845608 * (x + 0.044715 * x ** 3)))


@wrong("path", (5, 4))
class GELUGateAlone(GELU):
    def backward(self, grad_out):
        """The gate depends on x too, and that term is forgotten."""
        x = self.saved()[0]
        return (grad_out * scipy.special.ndtr(x)).astype(x.dtype)


@wrong("path", (5, 4))
class SiLUGateAlone(StudentActivation, SiLU):
    def value(self, x):
        return x / (1 + np.exp(-x))

    def slope(self, x, y):
        return 1 / (1 + np.exp(-x))


@wrong("factor", (5, 4), alpha=0.7)
class ELUWithoutAlpha(StudentActivation, ELU):
    def value(self, x):
        return np.where(x > 0, x, 0.7 * (np.exp(x) - 1)).astype(x.dtype)

    def slope(self, x, y):
        return np.where(x > 0, 1, np.exp(x)).astype(x.dtype)
