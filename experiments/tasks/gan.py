"""``task: gan``: a generator learns to make samples that a discriminator can not tell from the data."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import cast

import numpy as np

from ...data import ArrayDataset
from ...layers.core import Array, Layer, Shape, Size, StateError, ValueRangeError, check_size, show_shape
from ...losses import Loss, Penalty, weights_of
from ...models.zoo import gan
from ...optim import Optimizer, Schedule
from ...training import GANTrainer, ScheduleRunner, mode_coverage
from ..binding import Builder
from .experiment import Experiment
from .fitting import check_monitors, shapes_of
from .samples import keep_samples
from .task import Task, Training

__all__ = ["Adversarial"]

SAMPLES = 1000      # that are kept


@dataclass(frozen=True, kw_only=True)
class Adversarial(Task):
    """The whole config of a generative adversarial network.

    Attributes:
        generator, discriminator: the two networks, from noise to samples, and from samples to scores
        latent:                   how many numbers of noise a sample is made of
        loss:                     compares scores with 1, for data, and 0, for samples
        optimizer:                of the generator
        discriminator_optimizer:  of the discriminator; nothing (null): as that of the generator
        discriminator_penalties:  prices on the discriminator, between data and samples, such as SlopePenalty
        schedule:                 moves both learning rates on after every epoch
        n_critic:                 updates of the discriminator for one of the generator
        coverage:                 judge samples by the classes of the data: how many they hit, and how often
    """

    task: str = "gan"
    generator: Callable[[], Layer]
    discriminator: Callable[[], Layer]
    latent: Size
    loss: Loss
    optimizer: Callable[..., Optimizer]
    discriminator_optimizer: Callable[..., Optimizer] | None = None
    discriminator_penalties: list[Callable[..., Penalty]] = field(default_factory=list)
    schedule: Callable[..., Schedule] | None = None
    n_critic: Size = 1
    coverage: bool = False
    training: Training

    def __post_init__(self) -> None:
        super().__post_init__()
        check_size(self.latent, "latent", "gan")
        check_size(self.n_critic, "n_critic", "gan")
        for name in ("micro_batch_size", "groups", "class_weight", "sync_batch_norm", "zero_redundancy"):
            if getattr(self.training, name):
                raise ValueRangeError(f"gan trains two networks by turns, which training.{name} is not for; leave it "
                                      f"out")
        for name, wanted in (("memory", self.training.memory.budget), ("bptt", not self.training.bptt.full)):
            if wanted:
                raise ValueRangeError(f"gan trains two networks by turns, which training.{name} is not for; leave it "
                                      f"out")

    def build(self, parts: dict[str, ArrayDataset], shuffling: np.random.Generator, builder: Builder) -> Experiment:
        generator, discriminator = (self.network(part, builder) for part in (self.generator, self.discriminator))
        self._check_shapes(generator, discriminator, parts["training"], builder)
        optimizer = self.optimizer(params=generator.parameters())
        other = (self.discriminator_optimizer or self.optimizer)(params=discriminator.parameters())
        callbacks = self.training.taking_part(optimizer, self.schedule)
        for_other = [] if self.schedule is None else [
            ScheduleRunner(self.schedule(optimizer=other), self.training.schedule_every)]
        penalties = [penalty(parameters=weights_of(discriminator), model=discriminator, loss=self.loss)
                     for penalty in self.discriminator_penalties]
        with builder.at("loss"):
            trainer = GANTrainer(gan(generator, discriminator), self.loss, optimizer, other, latent=self.latent,
                                 n_critic=self.n_critic, coverage=self.coverage, discriminator_penalties=penalties,
                                 callbacks=[*callbacks.values(), *for_other])
        with builder.at("training"):
            loader = self.training.loader(parts["training"], shuffling)
        made = AdversarialExperiment(self.name, trainer, loader, self.training.epochs, parts.get("validation"),
                                     parts.get("test"), self.training.checkpoints)
        check_monitors(made, callbacks, builder)
        return made

    def _check_shapes(self, generator: Layer, discriminator: Layer, data: ArrayDataset, builder: Builder) -> None:
        batch = min(len(data), self.training.batch_size or len(data))
        real = (batch, *data.x.shape[1:])
        made = shapes_of(generator, ((batch, self.latent),), builder)
        if made != (real,):
            raise builder.places[generator].error(f"generator expected to end in the shape of the data, "
                                                  f"{show_shape(real)}, got {' and '.join(map(show_shape, made))}")
        scores = shapes_of(discriminator, (real,), builder)
        if scores not in (((batch,),), ((batch, 1),)):
            raise builder.places[discriminator].error(f"discriminator expected to end in one score a sample, "
                                                      f"{show_shape((batch, 1))}, got "
                                                      f"{' and '.join(map(show_shape, scores))}")
        with builder.at("loss"):
            self.loss.forward(np.zeros(scores[0], np.float32), np.ones(scores[0], np.float32))
        if self.coverage:
            with builder.at("coverage"):
                mode_coverage(data.x, data)


class AdversarialExperiment(Experiment):
    """One whose network begins with noise instead of the data."""

    @property
    def adversaries(self) -> GANTrainer:
        """The trainer."""
        return cast(GANTrainer, self.trainer)

    def input_shapes(self) -> tuple[Shape, ...]:
        """Return the shape of noise."""
        return ((self.adversaries.latent,),)

    def samples(self, name: str) -> None:
        """Return nothing: the data are not what the network is given."""

    def first_samples(self, count: int) -> tuple[Array, Array]:
        """Return noise, and the scores that the generator would like to see."""
        noise = self.adversaries.noise(count)
        return noise, np.ones(self.model.describe(noise.shape).y_shapes[0], np.float32)

    def predict(self, x: Array) -> Array:
        """Refuse: there is nothing to be said about samples.

        Raises: StateError, always.
        """
        raise StateError("a gan run makes samples instead of answering them; they are in samples.npz of its folder")

    def keepsakes(self) -> dict[str, bytes]:
        """Return samples, beside some of the data."""
        samples = self.adversaries.sample(SAMPLES, np.random.default_rng(0))
        return keep_samples(samples, {"data": (self.test or self.loader.dataset).x[:SAMPLES]})
