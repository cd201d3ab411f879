"""``task: supervised``: a network learns to answer inputs with their targets; classes, numbers or the inputs again."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from ...data import ArrayDataset
from ...layers import SyncBatchNorm
from ...layers.core import Layer, ValueRangeError, flatten
from ...losses import Loss, Penalty, weights_of
from ...optim import Optimizer, Schedule
from ...training import Metric, Stream, Trainer, balance_
from ...training.micro_batches import check_separable
from ..binding import Builder
from .experiment import Experiment
from .fitting import check_fit, shapes_of
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
        if self.training.sync_batch_norm:
            SyncBatchNorm.convert_sync_batchnorm(model)
        optimizer = self.training.optimizer(self.optimizer, model, builder)
        callbacks = self.training.taking_part(optimizer, self.schedule)
        objective = self.objective()
        penalties = [penalty(parameters=weights_of(model), model=model, loss=objective) for penalty in self.penalties]
        micro = self.training.micro_batch_size
        with builder.at("training.micro_batch_size"):
            if micro is not None:
                check_separable(model, self.training.ghost_batch_norm)
        with builder.at("loss"):
            trainer = Trainer(model, objective, optimizer, penalties=penalties, metrics=self.measures(),
                              callbacks=callbacks.values(), micro_batch_size=micro,
                              ghost_batch_norm=self.training.ghost_batch_norm)
        experiment = self.experiment(trainer, parts, shuffling, builder)
        if isinstance(experiment.loader, Stream) and micro is not None:
            with builder.at("training.micro_batch_size"):
                raise ValueRangeError("training expected no micro_batch_size for a network whose state goes on from "
                                      "batch to batch; lower batch_size")
        if self.training.class_weight is not None:
            x, _ = experiment.first_samples(1)
            classes = shapes_of(model, tuple(array.shape for array in flatten(x)), builder)[0][1:2]
            with builder.at("training.class_weight"):
                balance_(self.loss, parts["training"].y, *classes or (1,))
        check_fit(experiment, callbacks, builder)
        if self.training.memory.budget is not None:
            self._plan(experiment, builder)
        if not self.training.bptt.full:
            with builder.at("training.bptt"):
                if self.training.memory.budget is not None or any(each.of_network for each in penalties):
                    raise ValueRangeError("training expected no bptt with a memory budget, or with a penalty on the "
                                          "network's derivative; leave one out")
                self.training.bptt.apply(experiment)
        return experiment

    def _plan(self, experiment: Experiment, builder: Builder) -> None:
        """Let the network run by a schedule that keeps to the budget of ``training.memory``."""
        with builder.at("training.memory"):
            if isinstance(experiment.loader, Stream):
                raise ValueRangeError("training expected no memory budget for a network whose state goes on from batch "
                                      "to batch; lower batch_size")
            batch = experiment.trainer.micro_batch_size or self.training.batch_size or len(experiment.loader.dataset)
            x, _ = experiment.first_samples(1)
            shapes = tuple((batch, *array.shape[1:]) for array in flatten(x))
            experiment.trainer.model = self.training.memory.planned(experiment.model, shapes)

    def experiment(self, trainer: Trainer, parts: dict[str, ArrayDataset], shuffling: np.random.Generator,
                   builder: Builder) -> Experiment:
        """Return trainer and data as an experiment."""
        with builder.at("training"):
            loader = self.training.loader(parts["training"], shuffling)
        return Experiment(self.name, trainer, loader, self.training.epochs, parts.get("validation"), parts.get("test"),
                          self.training.checkpoints)

    def objective(self) -> Loss:
        """Return what is minimised."""
        return self.loss

    def measures(self) -> list[Metric]:
        """Return the metrics of the config, and behind them those that the task always has."""
        return self.metrics
