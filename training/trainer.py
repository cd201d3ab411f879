"""The training loop: epochs of steps, what is measured on the way, and the moments at which callbacks take part."""

import time
from collections.abc import Iterable, Sized
from contextlib import ExitStack
from typing import Any, NamedTuple

import numpy as np

from ..data import ArrayDataset
from ..layers.core import Array, DtypeError, Layer, StateError, ValueRangeError, check_size, flatten
from ..losses import Loss, Penalty
from ..optim import Optimizer, Schedule
from .callbacks import Callback, History, NonFiniteGuard, Row, ScheduleRunner
from .evaluate import Batches, evaluate
from .metrics import Metric, find_metric
from .modes import training_mode
from .non_finite import check_step
from .totals import Totals

__all__ = ["Step", "Trainer", "check_parameters"]


class Step(NamedTuple):
    """What a step found before it changed the weights."""

    loss: float
    prediction: Array
    penalty: float


class Trainer:
    """Trains a network, any Layer, of which it knows only the contract.

    A step is ``train_step`` and what was asked for besides: value and gradient of the penalties, once per step, and
    the callbacks. The schedule moves on after every epoch (``ScheduleRunner`` for other ways). A loss or gradient
    that is not finite ends the fit (``NonFiniteGuard``). ``fit`` may be called again to go on.

    Attributes:
        history:        one row for each epoch so far
        epoch, epochs:  epochs done, and how many there will be at the end of this fit
        source:         what gives the batches of an epoch
        batch, batches: batches done in this epoch, and how many it has; None if its source does not say
        totals:         loss and metrics of this epoch so far
        stopped:        why a callback ended the last fit early, or None

    Raises: DtypeError for a class in the place of an object, StateError for the optimizer of another model.

    Example:
        >>> train, test = digits(flat=True).split(rng=np.random.default_rng(0))
        >>> model = Sequential(Linear(64, 10))
        >>> trainer = Trainer(model, CrossEntropyLoss(), SGD(model.parameters(), lr=0.5), metrics=["accuracy"])
        >>> history = trainer.fit(DataLoader(train, batch_size=32, shuffle=True), epochs=20, validation=test)
        >>> history[-1]["val_accuracy"] > 0.9
        True
    """

    def __init__(self, model: Layer, loss: Loss, optimizer: Optimizer, *, schedule: Schedule | None = None,
                 penalties: Iterable[Penalty] = (), metrics: Iterable[str | Metric] = (),
                 callbacks: Iterable[Callback] = ()) -> None:
        for name, thing, kind in (("model", model, Layer), ("loss", loss, Loss), ("optimizer", optimizer, Optimizer)):
            _check_kind(name, thing, kind)
        check_parameters(model, optimizer)
        self.model = model
        self.loss = loss
        self.optimizer = optimizer
        self.penalties = list(penalties)
        self.metrics = [find_metric(metric) for metric in metrics]
        self.history = History()
        runner = [] if schedule is None else [ScheduleRunner(schedule)]
        self.callbacks: list[Callback] = [self.history, NonFiniteGuard(), *runner, *callbacks]
        self.totals = Totals(loss, self.metrics)
        self.epoch = self.epochs = self.batch = 0
        self.batches: int | None = None
        self.source: Batches = ()
        self._validates = False
        self.stopped: str | None = None

    def fit(self, train: Batches, epochs: int = 1, validation: Batches | ArrayDataset | None = None) -> History:
        """Train for so many epochs more, or until a callback says stop; return the history.

        ``train`` gives the batches of an epoch each time it is iterated over, as a DataLoader does; where the ``x`` of
        a batch is a tuple, the network has several inputs.

        Raises: ValueRangeError for an epoch without a batch, NonFiniteError when loss or gradient are not finite.
        """
        if isinstance(train, ArrayDataset):
            raise DtypeError("Trainer.fit expected batches to train on, got an ArrayDataset; "
                             "write DataLoader(dataset, batch_size=32, shuffle=True)")
        self.epochs = self.epoch + check_size(epochs, "epochs", "fit")
        self.source = train
        self.batches = len(train) if isinstance(train, Sized) else None
        self._validates = validation is not None
        self.stopped = None
        with ExitStack() as stack:
            stack.enter_context(training_mode(self.model))
            stack.enter_context(np.errstate(over="ignore", invalid="ignore", divide="ignore"))  # the guard reports
            for callback in self.callbacks:
                callback.on_fit_begin(self)
                stack.callback(callback.on_fit_end, self)
            while self.epoch < self.epochs and self.stopped is None:
                self._run_epoch(train, validation)
        return self.history

    def step(self, x: Any, y: Array) -> Step:
        """Run one step on a batch: gradients, callbacks, update."""
        seen: list[Step] = []

        def closure() -> float:
            self.optimizer.zero_grad()
            found = self.gradient(x, y)
            seen.append(found)
            self._tell("on_backward_end", found.loss + found.penalty)
            return found.loss + found.penalty

        self.optimizer.step(closure)
        return seen[0]

    def gradient(self, x: Any, y: Array) -> Step:
        """Add the gradient of loss and penalties on a batch to the gradients of the parameters."""
        prediction = self.model.forward(*flatten(x))
        value = self.loss.forward(prediction, y)
        self.model.backward(self.loss.backward())
        for penalty in self.penalties:
            penalty.backward()
        return Step(value, prediction, sum(penalty.forward() for penalty in self.penalties))

    def evaluate(self, data: Batches | ArrayDataset) -> dict[str, Any]:
        """Return loss (without penalties) and metrics over a data set, in evaluation mode."""
        return evaluate(self.model, self.loss, data, self.metrics)

    def stop(self, reason: str) -> None:
        """End the fit with this epoch, which if it still runs ends with this batch."""
        self.stopped = self.stopped or reason

    def find_non_finite(self, x: Array, y: Array) -> None:
        """Run the step of a batch again, changing nothing, and raise NonFiniteError where it first was not finite."""
        check_step(self.model, self.loss, x, y)

    def results(self) -> dict[str, Any]:
        """Return what this epoch has found so far."""
        return self.totals.results()

    def columns(self, validation: bool | None = None) -> dict[str, bool]:
        """Return which numbers each row of the history will have to be judged by; True: higher is better.

        ``validation`` is whether there are data for it; None: as in the fit that runs.
        """
        judged = {"loss": False} | {metric.name: metric.higher_is_better for metric in self.metrics
                                    if metric.higher_is_better is not None}
        validates = self._validates if validation is None else validation
        return judged | ({f"val_{name}": higher for name, higher in judged.items()} if validates else {})

    def _run_epoch(self, train: Batches, validation: Batches | ArrayDataset | None) -> None:
        began = time.perf_counter()
        self.batch, self.totals = 0, Totals(self.loss, self.metrics)
        self._tell("on_epoch_begin")
        for x, y in train:
            self._tell("on_batch_begin", x, y)
            step = self.step(x, y)
            self.totals.add(step.loss, step.prediction, y, step.penalty)
            self.batch += 1
            self._tell("on_batch_end", step.loss + step.penalty)
            if self.stopped is not None:
                break
        if not self.batch:
            raise ValueRangeError(f"fit expected at least one batch in an epoch, got none in epoch {self.epoch + 1}; "
                                  f"a DataLoader with drop_last needs batch_size samples, and an iterator that is "
                                  f"used up can not be iterated over again")
        self._tell("on_batches_end")
        self.epoch += 1
        row: Row = {"epoch": self.epoch, **self.results()}
        if self.penalties:
            row |= {"loss": self.totals.loss + self.totals.penalty, "penalty": self.totals.penalty}
        if validation is not None:
            row |= {f"val_{name}": value for name, value in self.evaluate(validation).items()}
        row |= {"lr": self.optimizer.param_groups[0]["lr"], "seconds": time.perf_counter() - began}
        self._tell("on_epoch_end", row)

    def _tell(self, moment: str, *news: Any) -> None:
        for callback in self.callbacks:
            getattr(callback, moment)(self, *news)


def _check_kind(name: str, thing: object, kind: type) -> None:
    if not isinstance(thing, kind):
        fix = f"; write {thing.__name__}(…)" if isinstance(thing, type) else ""
        got = f"the class {thing.__name__}" if isinstance(thing, type) else repr(thing)
        raise DtypeError(f"training expected {name} as an object of class {kind.__name__}, got {got}{fix}")


def check_parameters(model: Layer, optimizer: Optimizer) -> None:
    """Raise StateError for an optimizer that would move nothing of this model."""
    moved = {id(parameter) for group in optimizer.param_groups for parameter in group["params"]}
    if moved.isdisjoint(id(parameter) for parameter in model.parameters()):
        raise StateError(f"{type(optimizer).__name__} holds no parameter of this model, which would learn nothing; "
                         f"make it with {type(optimizer).__name__}(model.parameters(), …)")
