"""Uncertainty by dropout: many predictions of one network, each without other units."""

from collections.abc import Sequence

import numpy as np

from ...data import ArrayDataset, DataLoader
from ...layers import Dropout, Linear, ReLU
from ...layers.core import Array, Layer, Positive, Share, Size, check_range, check_size, default_rng
from ...losses import MSELoss
from ...models import Sequential
from ...optim import Adam
from ...training import Trainer
from .regressor import UncertainRegressor

__all__ = ["MCDropout"]


class MCDropout(UncertainRegressor):
    """A network with dropout that leaves units out in predicting, too: ``samples`` answers have a mean and a variance.

    The variance of the noise is what remains of the squared error on a tenth of the data that nothing was learned from.

    Source: Gal & Ghahramani 2016, equations 6 and 7, with a noise that is measured instead of searched for.

    Example:
        >>> from chainrule.backprop import MCDropout
        >>> x = np.linspace(-3, 3, 40)[:, None]
        >>> MCDropout([20], epochs=5, rng=np.random.default_rng(0)).fit(x, np.sin(x)).predict(x).mean.shape
        (40,)
    """

    def __init__(self, hidden: Sequence[Size] = (50,), epochs: Size = 200, p: Share = 0.05, samples: Size = 100,
                 lr: Positive = 1e-2, batch_size: Size = 32, *, rng: np.random.Generator | None = None) -> None:
        super().__init__()
        self.hidden = [check_size(size, "hidden", "MCDropout") for size in hidden]
        self.epochs = check_size(epochs, "epochs", "MCDropout")
        self.p = check_range(p, 0, 1, name="p", owner="MCDropout")
        self.samples = check_size(samples, "samples", "MCDropout", least=2)
        self.lr, self.batch_size, self.rng = lr, batch_size, rng
        self.network, self.noise = Sequential(), 0.0

    def learn(self, x: Array, y: Array) -> None:
        """Learn from features (N, features) and targets (N,)."""
        rng = default_rng(self.rng)
        steps: list[Layer] = []
        for size, width in zip([x.shape[1], *self.hidden], self.hidden, strict=False):
            steps += [Linear(size, width, rng=rng), ReLU(), Dropout(self.p, rng=rng)]
        self.network = Sequential(*steps, Linear(self.hidden[-1] if self.hidden else x.shape[1], 1, rng=rng))
        x, y = x.astype(np.float32), y.astype(np.float32)[:, None]
        order = rng.permutation(len(x))
        held, rest = np.split(order, [max(1, len(x) // 10)])
        trainer = Trainer(self.network, MSELoss(), Adam(self.network.parameters(), lr=self.lr))
        trainer.fit(DataLoader(ArrayDataset(x[rest], y[rest]), self.batch_size, shuffle=True, rng=rng), self.epochs)
        answers = self._answers(x[held])
        unexplained = np.square(answers.mean(axis=0) - y[held][:, 0]).mean() - answers.var(axis=0).mean()
        self.noise = max(float(unexplained), 1e-4)

    def moments(self, x: Array) -> tuple[Array, Array]:
        """Return mean and variance of the targets, noise included, each (N,)."""
        answers = self._answers(x.astype(np.float32)).astype(np.float64)
        return answers.mean(axis=0), answers.var(axis=0) + self.noise

    def _answers(self, x: Array) -> Array:
        self.network.train()
        return np.stack([self.network.forward(x)[:, 0] for _ in range(self.samples)])
