"""Training two networks against each other: one makes samples, the other tells them from the data."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from ..data import ArrayDataset
from ..layers.core import Array, Layer, StateError, ValueRangeError, check_size, default_rng, inference
from ..losses import Loss, Penalty
from ..optim import Optimizer
from .callbacks import Callback
from .checkpoints import fitting
from .evaluate import Batches, predict
from .mode_coverage import mode_coverage
from .modes import frozen, training_mode
from .non_finite import check_step
from .step import Step
from .trainer import Trainer, check_parameters

__all__ = ["GANTrainer"]


class GANTrainer(Trainer):
    """Trains ``model``, a generator and behind it a discriminator, whose scores are high for data, low for samples.

    A step divides its batch into ``n_critic`` parts. On each the discriminator learns to score data as 1 and as many
    samples as 0. Then the generator learns to have samples scored as 1 (the non-saturating loss): that is a step of
    ``Trainer`` on noise through the whole model, with the discriminator frozen. ``loss`` compares scores with 1 and 0:
    BCEWithLogitsLoss, MSELoss for least squares, or WassersteinLoss with a SlopePenalty on the discriminator, which is
    WGAN-GP: ``discriminator_penalties`` are taken at random places between data and samples. With ``coverage``, samples
    are judged by ``mode_coverage``.

    Formula: discriminator_loss = loss(discriminator(x), 1) + loss(discriminator(generator(noise)), 0)
             loss               = loss(discriminator(generator(noise)), 1), noise normal, (N, latent)

    Raises: StateError for an optimizer of the wrong part, ValueRangeError for a model of other than two parts.

    Source: Goodfellow et al. 2014, algorithm 1; least squares: Mao et al. 2017; WGAN-GP: Gulrajani et al. 2017.

    Example:
        >>> generator, discriminator = mlp([2, 32, 2]), mlp([2, 32, 1])
        >>> trainer = GANTrainer(Sequential(generator, discriminator), BCEWithLogitsLoss(),
        ...                      Adam(generator.parameters()), Adam(discriminator.parameters()), latent=2)
        >>> list(trainer.fit(DataLoader(ring(800), 100), epochs=1)[0])
        ['epoch', 'loss', 'discriminator_loss', 'lr', 'seconds']
        >>> trainer.sample(5).shape
        (5, 2)
    """

    many_processes = False

    def __init__(self, model: Layer, loss: Loss, optimizer: Optimizer, discriminator_optimizer: Optimizer, *,
                 latent: int, n_critic: int = 1, coverage: bool = False, penalties: Iterable[Penalty] = (),
                 discriminator_penalties: Iterable[Penalty] = (), callbacks: Iterable[Callback] = (),
                 rng: np.random.Generator | None = None) -> None:
        super().__init__(model, loss, optimizer, penalties=penalties, callbacks=callbacks)
        parts = [part for _, part in model.children()]
        if len(parts) != 2:
            raise ValueRangeError(f"GANTrainer expected model as a generator and a discriminator, "
                                  f"Sequential(generator, discriminator), got {len(parts)} parts")
        self.generator, self.discriminator = parts
        self.discriminator_optimizer = discriminator_optimizer
        for part, own, other in ((self.generator, optimizer, discriminator_optimizer),
                                 (self.discriminator, discriminator_optimizer, optimizer)):
            check_parameters(part, own)
            if not {id(parameter) for parameter in part.parameters()}.isdisjoint(
                    id(parameter) for group in other.param_groups for parameter in group["params"]):
                raise StateError("GANTrainer expected one optimizer for the parameters of the generator and another "
                                 "for those of the discriminator, got one that holds parameters of both")
        self.latent = check_size(latent, "latent", "GANTrainer")
        self.n_critic = check_size(n_critic, "n_critic", "GANTrainer")
        self.coverage = coverage
        self.discriminator_penalties = list(discriminator_penalties)
        self.rng = rng
        self._score_shape = model.describe((1, latent)).y_shapes[0][1:]
        self._found: list[float] = []

    def step(self, x: Array, y: Array) -> Step:
        """Run ``n_critic`` updates of the discriminator on parts of a batch, and one of the generator."""
        if self.batch == 0:
            self._found = []
        portions = [part for part in np.array_split(x, self.n_critic) if len(part)]
        self._found += [self.discriminator_step(part) for part in portions]
        self._noise = self.noise(len(portions[0]))
        self.discriminator.zero_grad()      # whoever clips the gradient of the model sees the generator's alone
        with frozen(self.discriminator):
            return super().step(self._noise, self._wanted(1.0, len(portions[0])))

    def discriminator_step(self, real: Array) -> float:
        """Run one update of the discriminator, on data and as many samples; return its loss."""
        with inference():
            samples = self.generator.forward(self.noise(len(real)))
        found: list[float] = []

        def closure() -> float:
            self.discriminator_optimizer.zero_grad()
            found.append(self.discriminator_gradient(real, samples))
            return found[-1]

        with training_mode(self.discriminator):
            self.discriminator_optimizer.step(closure)
        return found[0]

    def discriminator_gradient(self, real: Array, samples: Array) -> float:
        """Add to the discriminator's gradients those of its loss and penalties; return their sum."""
        value = self._judge(real, 1.0) + self._judge(samples, 0.0)
        if self.discriminator_penalties:
            share = default_rng(self.rng).random((len(real), *[1] * (real.ndim - 1))).astype(samples.dtype)
            prediction = self.discriminator.forward(samples + share * (real - samples))
            value += sum(penalty.add_gradient(prediction) for penalty in self.discriminator_penalties)
        return value

    def noise(self, count: int, rng: np.random.Generator | None = None) -> Array:
        """Return what the generator makes samples of, in the dtype of its parameters."""
        dtype = next(self.generator.parameters()).data.dtype
        return default_rng(rng or self.rng).standard_normal((count, self.latent)).astype(dtype)

    def sample(self, count: int, rng: np.random.Generator | None = None) -> Array:
        """Return new samples, made in evaluation mode."""
        return predict(self.generator, self.noise(count, rng))

    def evaluate(self, data: Batches | ArrayDataset) -> dict[str, Any]:
        """Return ``modes`` and ``quality`` of as many samples as there are data, always of the same noise.

        Without ``coverage`` there is nothing by which samples could be judged.
        """
        if not self.coverage:
            return {}
        whole = data if isinstance(data, ArrayDataset) else ArrayDataset(
            *(np.concatenate(parts) for parts in zip(*data, strict=True)))
        return dict(mode_coverage(self.sample(len(whole), np.random.default_rng(0)), whole))

    def results(self) -> dict[str, Any]:
        return super().results() | {"discriminator_loss": float(np.mean(self._found))}

    def state_dict(self) -> dict[str, Any]:
        return super().state_dict() | {"discriminator_optimizer": self.discriminator_optimizer.state_dict(),
                                       "discriminator_losses": list(self._found)}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        super().load_state_dict(state)
        with fitting("discriminator"):
            self.discriminator_optimizer.load_state_dict(state["discriminator_optimizer"])
            self._found = [float(loss) for loss in state["discriminator_losses"]]

    def columns(self, validation: bool | None = None) -> dict[str, bool]:
        judged = super().columns(validation)
        measured = {"val_modes": True, "val_quality": True} if self.coverage and "val_loss" in judged else {}
        return {"loss": False, "discriminator_loss": False} | measured

    def find_non_finite(self, x: Array, y: Array) -> None:
        check_step(self.discriminator, self.loss, x, self._wanted(1.0, len(x)))
        check_step(self.model, self.loss, self._noise, self._wanted(1.0, len(self._noise)))

    def _judge(self, samples: Array, wanted: float) -> float:
        scores = self.discriminator.forward(samples)
        value: float = self.loss.forward(scores, self._wanted(wanted, len(samples)))
        self.discriminator.backward(self.loss.backward())
        return value

    def _wanted(self, score: float, count: int) -> Array:
        return np.full((count, *self._score_shape), score, np.float32)
