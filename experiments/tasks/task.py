"""What every task has in common: the sections of its config, its name and seed, and the steps towards an experiment."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Literal

import numpy as np

from ...data import ArrayDataset, Compose, DataLoader, Transform, WeightedRandomSampler, balanced_weights
from ...layers.core import Count, Layer, ShapeError, Size, ValueRangeError, check_size, manual_seed
from ...optim import Optimizer, Schedule
from ...optim.groups import check_groups
from ...training import Callback, LayerStatistics, ScheduleRunner, parameter_groups
from ...training.parallel import ZeroRedundancyOptimizer
from ..binding import Builder
from .bptt import BPTT
from .data import Data
from .experiment import Experiment
from .memory import Memory
from .saving import Saving

__all__ = ["Task", "Training"]

_NAME = re.compile(r"[\w][\w.-]{0,99}")


@dataclass(frozen=True, kw_only=True)
class Training:
    """``training:`` for how long and in what portions.

    Attributes:
        epochs:           passes over the training data
        batch_size:       samples of a step; nothing (null): all of them
        micro_batch_size: samples whose gradients are computed at once, for the same step with less memory
        ghost_batch_norm: let batch norms see the parts of a batch alone
        sync_batch_norm:  of several processes, let batch norms see the whole batch
        zero_redundancy:  of several processes, let each keep a part of the optimizer's state
        groups:           options of the optimizer for some layers, such as {layers: "encoder.*", lr: 1e-4}
        class_weight:     balanced: let rare classes count as much as frequent ones
        schedule_every:   when the schedule moves on
        callbacks:        what takes part besides
        checkpoints:      what is kept on the way
        augment:          changes of every batch, of the training data only, drawn anew each time
        balanced:         draw samples so that every class comes equally often
        prefetch:         how many batches are made ahead in a thread
        report:           write report.html, and look at the layers for it
        memory:           a budget for what the way back needs
        bptt:             how the gradient of a recurrent network goes back through time
    """

    epochs: Size
    batch_size: Size | None = 32
    micro_batch_size: Size | None = None
    ghost_batch_norm: bool = False
    sync_batch_norm: bool = False
    zero_redundancy: bool = False
    groups: list[dict[str, float | bool | str | list[str] | tuple[float, float]]] = field(default_factory=list)
    class_weight: Literal["balanced"] | None = None
    schedule_every: Literal["epoch", "batch"] = "epoch"
    callbacks: list[Callable[..., Callback]] = field(default_factory=list)
    checkpoints: Saving = field(default_factory=Saving)
    augment: list[Transform] = field(default_factory=list)
    balanced: bool = False
    prefetch: Count = 0
    report: bool = True
    memory: Memory = field(default_factory=Memory)
    bptt: BPTT = field(default_factory=BPTT)

    def __post_init__(self) -> None:
        check_size(self.epochs, "epochs", "training")
        if self.batch_size is not None:
            check_size(self.batch_size, "batch_size", "training")
        if self.micro_batch_size is not None:
            check_size(self.micro_batch_size, "micro_batch_size", "training")
        check_size(self.prefetch, "prefetch", "training", least=0)

    def loader(self, part: ArrayDataset, shuffling: np.random.Generator) -> DataLoader:
        """Return the training data in batches, in a new order every epoch.

        Raises: ShapeError for an ``augment`` that does not suit the samples, or changes their shape.
        """
        sampler = WeightedRandomSampler(balanced_weights(part.y), len(part)) if self.balanced else None
        augment = Compose(self.augment) if self.augment else None
        if augment is not None:
            x, y = part[:2]
            changed, _ = augment.change(x, y, np.random.default_rng(0))
            if changed.shape != x.shape:
                raise ShapeError(f"training expected augment to keep the shape of samples, {x.shape[1:]}, in which all "
                                 f"others are judged, got {changed.shape[1:]}; RandomCrop has padding")
        return DataLoader(part, self.batch_size, sampler is None, rng=shuffling, sampler=sampler, transform=augment,
                          prefetch=self.prefetch)

    def taking_part(self, optimizer: Optimizer, schedule: Callable[..., Schedule] | None) -> dict[str, Callback]:
        """Return the callbacks by their paths in the config, and with them what moves the learning rate on."""
        found: dict[str, Callback] = {"training.report": LayerStatistics()} if self.report else {}
        found |= {f"training.callbacks.{index}": callback(optimizer=optimizer)
                  for index, callback in enumerate(self.callbacks)}
        if schedule is not None:
            found["schedule"] = ScheduleRunner(schedule(optimizer=optimizer), self.schedule_every)
        return found

    def optimizer(self, recipe: Callable[..., Optimizer], model: Layer, builder: Builder) -> Optimizer:
        """Return the optimizer of a model, with the groups that the config writes."""
        make = partial(ZeroRedundancyOptimizer, optimizer_class=recipe) if self.zero_redundancy else recipe
        made = make(params=model.parameters())
        for index, group in enumerate(self.groups):
            with builder.at(f"training.groups.{index}"):
                (*_, read) = parameter_groups(model, [group])
                options = {**made.defaults, **read}
                check_groups([options], made.defaults, type(made).__name__)
                for name, default in made.defaults.items():
                    if default is not None and isinstance(options[name], (str, list, tuple)) != isinstance(
                            default, (str, list, tuple)):
                        raise ValueRangeError(f"{type(made).__name__} expected {name} of the kind of its default, "
                                              f"{default!r}, got {options[name]!r}")
                made.check_group(options)
        if not self.groups:
            return made
        with builder.at("training.groups"):
            groups = parameter_groups(model, self.groups)
        return make(params=groups)


@dataclass(frozen=True, kw_only=True)
class Task:
    """A whole config, made into an experiment: the base of every task.

    To add a task: extend this class, or ``Supervised`` where one network learns from one loss, in a file of its own;
    write its keys as fields (what YAML may say follows from their annotations: plain values, things of the registry,
    ``Callable[..., Thing]`` for what is made later, and sections, which are dataclasses like ``Data``) and ``build``,
    which puts the experiment together from the divided data. Put it into ``TASKS`` of ``config.py`` under the name
    that its field ``task`` has. An error inside ``with builder.at(path)`` is shown at that place of the file. Nothing
    is computed before ``chainrule train``: hold the parts against each other by shapes, as ``fitting.py`` does.
    Where the experiment does more than train and judge (draw samples for the run folder), extend ``Experiment`` too.
    Then a recipe in ``configs/``, its row in ``docs/yaml.md``, and a test. Reading, ``--set``, all commands, the run
    folder and reproducibility follow without edits.

    Attributes:
        seed: of everything random: weights and dropout, the data, its division, the order of its batches
    """

    task: str
    name: str = "run"
    seed: Count = 0
    data: Data

    def __post_init__(self) -> None:
        check_size(self.seed, "seed", "config", least=0)
        if not _NAME.fullmatch(self.name):
            raise ValueRangeError(f"config expected name as letters, digits, '_', '-' and '.', got {self.name!r}; "
                                  f"it becomes part of the run folder's name")

    def prepare(self, builder: Builder) -> Experiment:
        """Return the experiment, ready to run.

        Raises: ConfigError where parts that are right on their own do not fit together.
        """
        manual_seed(self.seed)
        drawing, splitting, shuffling = map(np.random.default_rng, np.random.SeedSequence(self.seed).spawn(3))
        with builder.at("data.dataset"):
            whole = self.data.load(drawing)
        with builder.at("data.test_dataset"):
            test = self.data.load_test(drawing, whole)
        with builder.at("data"):
            parts = self.data.divide(whole, test, splitting)
        return self.build(parts, shuffling, builder)

    def build(self, parts: dict[str, ArrayDataset], shuffling: np.random.Generator, builder: Builder) -> Experiment:
        """Return the experiment on the divided data; ``shuffling`` is for the order of its batches."""
        raise NotImplementedError(f"{type(self).__name__}.build")

    def network(self, recipe: Callable[[], Layer], builder: Builder) -> Layer:
        """Return a network that has something to learn.

        Raises: ConfigError at the network for one without parameters.
        """
        model = recipe()
        if not any(True for _ in model.parameters()):
            raise builder.places[model].error("has no parameters, so there is nothing to train")
        return model
