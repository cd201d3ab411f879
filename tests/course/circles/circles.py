"""Circles, and what can be told of them."""

import math

import numpy as np
from chainrule.layers.core import Layer

UNIT = "cm"


def square(x):
    return x * x


def area(radii):
    """Return the areas, ``area = pi * radius**2``."""
    # BEGIN SOLUTION
    surface = math.pi * square(radii) + 0.0
    return surface if UNIT == "cm" else 100 * surface
    # END SOLUTION


class Disc(Layer):
    """A disc that grows, ``y = x * factor``."""

    def __init__(self, factor):
        self.factor = factor

    def forward(self, x):
        """Return x, grown."""
        self.cache = ()
        grown = self._grow(x, self.factor)
        return grown if grown.size else x

    def backward(self, grad_out):
        """Return the gradient of x."""
        self.saved()
        return self._grow(grad_out, self.factor)

    def _grow(self, values, factor):
        return np.asarray(values * factor, values.dtype)


def guess(x):
    """Return 1 where x is above zero, else 0."""
    answer_of_all = (np.asarray(x) > 0).astype(float)
    return answer_of_all + 0


def unit():
    """Return what lengths are measured in."""
    return UNIT
