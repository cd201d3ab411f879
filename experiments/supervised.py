"""``task: supervised``: a network learns to answer inputs with their targets; classes, numbers or the inputs again."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from ..data import ArrayDataset
from ..layers.core import Layer
from ..losses import Loss, Penalty, weights_of
from ..optim import Optimizer, Schedule
from ..training import Metric, Trainer
from .binding import Builder
from .experiment import Experiment
from .fitting import check_fit
from .task import Task, Training

__all__ = ["Supervised"]


@dataclass(frozen=True, kw_only=True)
class Supervised(Task):
    """The whole config of a supervised task.

    Attributes:
        penalties: prices on the weights, which are the parameters of two axes and more
        schedule:  moves the learning rate on after every epoch; a ScheduleRunner among the callbacks can do otherwise
    """

    task: str = "supervised"
    model: Callable[[], Layer]
    loss: Loss
    penalties: list[Callable[..., Penalty]] = field(default_factory=list)
    optimizer: Callable[..., Optimizer]
    schedule: Callable[..., Schedule] | None = None
    metrics: list[Metric] = field(default_factory=list)
    training: Training

    def build(self, parts: dict[str, ArrayDataset], shuffling: np.random.Generator, builder: Builder) -> Experiment:
        model = self.network(self.model, builder)
        optimizer = self.optimizer(params=model.parameters())
        callbacks = self.training.taking_part(optimizer, self.schedule)
        penalties = [penalty(parameters=weights_of(model)) for penalty in self.penalties]
        with builder.at("loss"):
            trainer = Trainer(model, self.objective(), optimizer, penalties=penalties, metrics=self.measures(),
                              callbacks=callbacks.values())
        experiment = self.experiment(trainer, parts, shuffling, builder)
        check_fit(experiment, callbacks, builder)
        return experiment

    def experiment(self, trainer: Trainer, parts: dict[str, ArrayDataset], shuffling: np.random.Generator,
                   builder: Builder) -> Experiment:
        """Return trainer and data as an experiment."""
        return Experiment(self.name, trainer, self.training.loader(parts["training"], shuffling),
                          self.training.epochs, parts.get("validation"), parts.get("test"))

    def objective(self) -> Loss:
        """Return what is minimised."""
        return self.loss

    def measures(self) -> list[Metric]:
        """Return the metrics of the config, and behind them those that the task always has."""
        return self.metrics
