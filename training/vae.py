"""What a variational autoencoder is judged by: the parts of the evidence lower bound, for codes that are drawn."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from ..layers import GaussianSampling
from ..layers.core import Array, Layer
from ..losses import ELBOLoss
from .metrics import Metric

__all__ = ["bound_metrics", "drawing_codes"]


def bound_metrics(loss: ELBOLoss) -> list[Metric]:
    """Return the metrics ``elbo``, ``reconstruction`` and ``kl``, means over the samples in nats.

    ``elbo = -(reconstruction + kl)`` is the bound itself, whatever the loss's ``beta``; more is better.

    Source: Kingma & Welling 2013, equation 3.

    Example:
        >>> code, x = np.zeros((1, 2)), np.ones((1, 8))
        >>> [round(float(metric((np.zeros((1, 8)), code, code), x)), 3) for metric in bound_metrics(ELBOLoss())]
        [-5.545, 5.545, 0.0]
    """
    return [Bound(loss), Reconstruction(loss), Divergence(loss)]


@contextmanager
def drawing_codes(model: Layer, rng: np.random.Generator) -> Iterator[None]:
    """Let every GaussianSampling draw from ``rng`` in evaluation too, where it otherwise gives the mean.

    The bound is an expectation over codes; that of their means alone is a better number, and no bound.

    Example:
        >>> sampling = GaussianSampling().eval()
        >>> with drawing_codes(sampling, np.random.default_rng(0)):
        ...     sampling.forward(np.zeros(2), np.zeros(2))
        array([ 0.12573022, -0.13210486])
    """
    before = [(layer, layer.always, layer.rng) for _, layer in model.named_layers()
              if isinstance(layer, GaussianSampling)]
    for layer, _, _ in before:
        layer.always, layer.rng = True, rng
    try:
        yield
    finally:
        for layer, always, kept in before:
            layer.always, layer.rng = always, kept


class PartOfBound(Metric):
    """The mean over all samples of what ``each`` returns for every one."""

    higher_is_better = False

    def __init__(self, loss: ELBOLoss) -> None:
        self.loss = loss

    def each(self, prediction: Any, target: Array) -> Array:
        """Return the value of every sample."""
        raise NotImplementedError(f"{type(self).__name__}.each")

    def statistics(self, prediction: Any, target: Array) -> Array:
        values = self.each(prediction, target)
        return np.array([values.sum(dtype=np.float64), len(values)])

    def value(self, statistics: Array) -> float:
        return float(statistics[0] / statistics[1])


class Reconstruction(PartOfBound):
    """``-log p(x | z)``: how badly samples are drawn again."""

    name = "reconstruction"

    def each(self, prediction: Any, target: Array) -> Array:
        return self.loss.misfit(prediction, target)


class Divergence(PartOfBound):
    """``KL(q(z | x) || p(z))``: what codes tell beyond the prior."""

    name = "kl"

    def each(self, prediction: Any, target: Array) -> Array:
        return self.loss.divergence(prediction, target)


class Bound(PartOfBound):
    """``log p(x | z) - KL(q(z | x) || p(z))``, at most the log-likelihood."""

    name = "elbo"
    higher_is_better = True

    def each(self, prediction: Any, target: Array) -> Array:
        return -(self.loss.misfit(prediction, target) + self.loss.divergence(prediction, target))
