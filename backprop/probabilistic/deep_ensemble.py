"""Uncertainty by an ensemble: networks that each predict a mean and a variance, from other initial weights."""

from collections.abc import Sequence
from math import prod

import numpy as np

from ...data import ArrayDataset, DataLoader
from ...layers import Linear, ReLU
from ...layers.core import (
    Array,
    Description,
    Kept,
    Layer,
    Positive,
    Shape,
    Size,
    check_shape,
    check_size,
    default_rng,
)
from ...layers.core.optional import scipy
from ...losses import GaussianNLLLoss
from ...models import Sequential
from ...optim import Adam
from ...training import Trainer
from .moment_gradients import moment_gradients
from .regressor import UncertainRegressor

__all__ = ["DeepEnsemble", "MeanAndVariance"]


class MeanAndVariance(Layer):
    """Two numbers made a mean and a variance: ``mean = x[:, 0:1]``, ``var = log(1 + exp(x[:, 1:2])) + least``.

    Shapes:
        x:         (N, 2)
        mean, var: (N, 1)

    Gradients:
        grad_x = (grad_mean, grad_var * sigmoid(x[:, 1:2])), side by side

    Source: Lakshminarayanan, Pritzel & Blundell 2017, section 2.2.

    Example:
        >>> from chainrule.backprop.probabilistic import MeanAndVariance
        >>> [y.shape for y in MeanAndVariance().forward(np.zeros((5, 2)))]
        [(5, 1), (5, 1)]
    """

    forward_mode_gap = "learning takes no tangents"

    def __init__(self, least: Positive = 1e-4) -> None:
        self.least = least

    def forward(self, x: Array) -> tuple[Array, Array]:
        check_shape(x, ("N", 2), name="x", owner=self)
        self.cache = x
        return x[:, :1].copy(), np.logaddexp(x[:, 1:], x.dtype.type(0)) + self.least

    def backward(self, grad_out: tuple[Array | None, Array | None]) -> Array | None:
        x = self.saved()
        grad_mean, grad_var = moment_gradients(grad_out, (len(x), 1), x.dtype, self)
        return np.concatenate([grad_mean, grad_var * scipy.special.expit(x[:, 1:])], axis=1) \
            if self.needs_input_grad else None

    def describe(self, *x_shapes: Shape) -> Description:
        """Two columns."""
        (x_shape,) = x_shapes
        check_shape(x_shape, ("N", 2), name="x", owner=self)
        return self.description((x_shape[0], 1), (x_shape[0], 1), kept=(Kept("x0", prod(x_shape)),))


class DeepEnsemble(UncertainRegressor):
    """Several networks trained by the Gaussian likelihood from other initial weights, and their mixture's moments.

    ``mean = average(means)``, ``variance = average(variances + means**2) - mean**2``.

    Source: Lakshminarayanan, Pritzel & Blundell 2017, algorithm 1 without adversarial samples.

    Example:
        >>> from chainrule.backprop import DeepEnsemble
        >>> x = np.linspace(-3, 3, 40)[:, None]
        >>> DeepEnsemble([20], epochs=5, members=2).fit(x, np.sin(x)).predict(x).variance.shape
        (40,)
    """

    def __init__(self, hidden: Sequence[Size] = (50,), epochs: Size = 40, members: Size = 5, lr: Positive = 1e-2,
                 batch_size: Size = 32, *, rng: np.random.Generator | None = None) -> None:
        super().__init__()
        self.hidden = [check_size(size, "hidden", "DeepEnsemble") for size in hidden]
        self.epochs = check_size(epochs, "epochs", "DeepEnsemble")
        self.members = check_size(members, "members", "DeepEnsemble")
        self.lr, self.batch_size, self.rng = lr, batch_size, rng
        self.networks: list[Sequential] = []

    def learn(self, x: Array, y: Array) -> None:
        """Learn from features (N, features) and targets (N,)."""
        rng = default_rng(self.rng)
        data = ArrayDataset(x.astype(np.float32), y.astype(np.float32)[:, None])
        self.networks = []
        for _ in range(self.members):
            steps: list[Layer] = []
            for size, width in zip([x.shape[1], *self.hidden], self.hidden, strict=False):
                steps += [Linear(size, width, rng=rng), ReLU()]
            last = Linear(self.hidden[-1] if self.hidden else x.shape[1], 2, rng=rng)
            network = Sequential(*steps, last, MeanAndVariance())
            trainer = Trainer(network, GaussianNLLLoss(), Adam(network.parameters(), lr=self.lr))
            trainer.fit(DataLoader(data, self.batch_size, shuffle=True, rng=rng), self.epochs)
            self.networks.append(network)

    def moments(self, x: Array) -> tuple[Array, Array]:
        """Return mean and variance of the targets, noise included, each (N,)."""
        x = x.astype(np.float32)
        answers = np.array([network.eval().forward(x) for network in self.networks], np.float64)[..., 0]
        means, variances = answers[:, 0], answers[:, 1]
        mean = means.mean(axis=0)
        return mean, (variances + means**2).mean(axis=0) - mean**2
