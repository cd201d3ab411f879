"""The prior of all weights, one Gaussian of unknown precision: what it says of each weight, refined again and again."""

import math

import numpy as np

from ...layers.core import Array
from .gamma import Gamma

__all__ = ["WeightPrior"]

WIDEST = 1e6        # variances beyond say nothing


class WeightPrior:
    """The factors of the prior, one for each weight: a Gaussian of the weight times a gamma of the common precision.

    Expectation propagation: a weight's factor is taken out of the belief about it and about the precision, and put in
    again as it is best approximated now.

    Attributes:
        precision_belief: about the precision of weights

    Source: Hernández-Lobato & Adams 2015, section 4.2, and Minka 2001.
    """

    def __init__(self, count: int, precision_belief: Gamma) -> None:
        self.precision_belief = precision_belief
        self._factors = [(1 / precision_belief.variance, 0.0, 0.0, 0.0)] * count

    def refine(self, mean: Array, var: Array) -> tuple[Array, Array]:
        """Return means and variances of all weights, each after its factor has been refined."""
        means, variances = mean.ravel().tolist(), var.ravel().tolist()
        for index in range(len(means)):
            found = self._refined(means[index], variances[index], index)
            if found is not None:
                means[index], variances[index] = found
        return np.reshape(means, mean.shape), np.reshape(variances, var.shape)

    def _refined(self, mean: float, var: float, index: int) -> tuple[float, float] | None:
        precision, shift, shape, rate = self._factors[index]
        own_precision = 1 / var - precision         # without the factor
        others = Gamma(self.precision_belief.shape - shape, self.precision_belief.rate - rate)
        if own_precision <= 1 / WIDEST or not others.usable:
            return None
        own_shift, own_var = mean / var - shift, 1 / own_precision
        own_mean = own_var * own_shift
        total = own_var + others.variance
        new_mean, new_var = own_mean - own_var * own_mean / total, own_var - own_var**2 / total
        belief = others.observed(own_mean, own_var)
        if not 0 < new_var < math.inf:
            return None
        self._factors[index] = (1 / new_var - own_precision, new_mean / new_var - own_shift,
                                belief.shape - others.shape, belief.rate - others.rate)
        self.precision_belief = belief
        return new_mean, new_var
