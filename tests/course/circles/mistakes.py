"""Wrong versions of circles."""

import math

from circles import Disc


def area_of_the_diameter(radii):
    """factor: The diameter stands where the radius belongs."""
    return math.pi * (2 * radii) ** 2


def Disc_backward_without_factor(self, grad_out):
    """The factor of the way forward is a factor of the way back."""
    Disc.backward(self, grad_out)
    return grad_out
