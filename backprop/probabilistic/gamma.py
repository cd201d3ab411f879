"""A belief about a precision, and how one observation changes it."""

import math
from typing import NamedTuple

__all__ = ["Gamma"]


class Gamma(NamedTuple):
    """Gamma distribution of a precision, the inverse of a variance: ``shape`` and ``rate``.

    Source: Hernández-Lobato & Adams 2015, equations 8 to 10.

    Example:
        >>> from chainrule.backprop.probabilistic import Gamma
        >>> belief = Gamma(6.0, 6.0)
        >>> belief.variance, belief.observed(5.0, 0.1).variance > belief.variance
        (1.2, True)
    """

    shape: float
    rate: float

    @property
    def variance(self) -> float:
        """The mean of the inverse precision."""
        return self.rate / (self.shape - 1)

    @property
    def usable(self) -> bool:
        """Whether it is a distribution, and has a mean variance."""
        return self.shape > 1 and 0 < self.rate < math.inf

    def observed(self, error: float, var: float) -> "Gamma":
        """Return the belief after ``error`` from a Gaussian of mean 0 and variance ``var`` plus one over the precision.

        The result has the right first two moments of the precision, its density with the Student distribution of the
        error replaced by a Gaussian of the same variance. A step that leads to no distribution is not taken.
        """
        noises = self.variance, self.rate / self.shape, self.rate / (self.shape + 1)
        z, z1, z2 = (-0.5 * (math.log(var + noise) + error * error / (var + noise)) for noise in noises)
        try:
            up, down = math.exp(z2 - z1), math.exp(z1 - z)
            one_up = (self.shape + 1) / self.shape
            shape = 1 / (up / down * one_up - 1)
            after = Gamma(shape, self.rate / (up * (self.shape + 1) - down * self.shape))
        except (OverflowError, ZeroDivisionError):
            return self
        return after if after.usable else self
