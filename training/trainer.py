"""The training loop: epochs of steps, what is measured on the way, and the moments at which callbacks take part."""

import time
from collections.abc import Iterable, Iterator, Mapping, Sized
from contextlib import ExitStack
from typing import Any, ClassVar

import numpy as np

from ..data import ArrayDataset
from ..layers.core import Array, DtypeError, Layer, StateError, ValueRangeError, check_size
from ..losses import Loss, Penalty
from ..optim import Optimizer, Schedule
from .callbacks import Callback, History, NonFiniteGuard, Row, ScheduleRunner
from .checkpoints import Generators, going_on, restore, restore_callbacks, state_of
from .evaluate import Batches, evaluate
from .language import Stream
from .metrics import Metric, find_metric
from .micro_batches import accumulate_gradient, check_separable, micro_batches
from .modes import training_mode
from .non_finite import check_step
from .objective import Objective
from .parallel.current import apart, current
from .parallel.gathering import any_rank, gather
from .parallel.parts import part_of
from .step import Step, add_gradient
from .together import begin_together, exchange_of, meet
from .totals import Totals

__all__ = ["Trainer", "check_parameters"]


class Trainer:
    """Trains a network, any Layer, of which it knows only the contract.

    A step is ``train_step`` and what was asked for besides: value and gradient of the penalties, once per step, and
    the callbacks. The schedule moves on after every epoch (``ScheduleRunner`` for other ways). A loss or gradient
    that is not finite ends the fit (``NonFiniteGuard``). ``fit`` may be called again to go on; after
    ``load_state_dict`` it goes on where ``state_dict`` was taken, bit for bit, amid an epoch too. ``micro_batch_size``
    adds the gradient of a batch up over parts of so many samples: the same step, with less memory. Inside of
    ``parallel.joined`` the processes of a job (``communicator``) train one network, each on its part of every batch.

    Attributes:
        history:        one row for each epoch so far
        epoch, epochs:  epochs done, and how many there will be at the end of this fit
        source:         what gives the batches of an epoch
        batch, batches: batches done in this epoch, and how many it has; None if its source does not say
        totals:         loss and metrics of this epoch so far
        stopped:        why a callback ended the last fit early, or None; ``paused``: one did amid an epoch, to go on

    Raises: DtypeError for a class in the place of an object, StateError for the optimizer of another model,
        ValueRangeError for batch norms in micro-batches, unless ``ghost_batch_norm`` allows them.

    Example:
        >>> train, test = digits(flat=True).split(rng=np.random.default_rng(0))
        >>> model = Sequential(Linear(64, 10))
        >>> trainer = Trainer(model, CrossEntropyLoss(), SGD(model.parameters(), lr=0.5), metrics=["accuracy"])
        >>> history = trainer.fit(DataLoader(train, batch_size=32, shuffle=True), epochs=20, validation=test)
        >>> history[-1]["val_accuracy"] > 0.9
        True
    """

    many_processes: ClassVar[bool] = True       # whether its steps are those of a batch of which each has a part

    def __init__(self, model: Layer, loss: Loss, optimizer: Optimizer, *, schedule: Schedule | None = None,
                 penalties: Iterable[Penalty] = (), metrics: Iterable[str | Metric] = (),
                 callbacks: Iterable[Callback] = (), micro_batch_size: int | None = None,
                 ghost_batch_norm: bool = False) -> None:
        for name, thing, kind in (("model", model, Layer), ("loss", loss, Loss), ("optimizer", optimizer, Optimizer)):
            _check_kind(name, thing, kind)
        check_parameters(model, optimizer)
        self.micro_batch_size = micro_batch_size
        self.ghost_batch_norm = ghost_batch_norm
        if micro_batch_size is not None:
            check_size(micro_batch_size, "micro_batch_size", "Trainer")
            check_separable(model, ghost_batch_norm)
            if optimizer.needs_curvature:
                raise ValueRangeError(f"{type(optimizer).__name__} expected no micro_batch_size: it takes products "
                                      f"with the curvature of a whole batch; lower batch_size")
        self.model = model
        self.loss = loss
        self.optimizer = optimizer
        self.penalties = list(penalties)
        if micro_batch_size is not None and any(penalty.of_network for penalty in self.penalties):
            raise ValueRangeError("Trainer expected no micro_batch_size with a penalty on the network's derivative, "
                                  "which is taken where a whole batch has been; lower batch_size")
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
        self.paused = False
        self.generators = Generators(self)
        self.communicator = current()
        self.exchange = exchange_of(self)
        self._pass_begin: list[Any] = []
        self._state: Mapping[str, Any] | None = None        # that the next fit is to go on from

    def fit(self, train: Batches, epochs: int = 1, validation: Batches | ArrayDataset | None = None) -> History:
        """Train for so many epochs more, or until a callback says stop; return the history.

        ``train`` gives the batches of an epoch each time it is iterated over, as a DataLoader does; where the ``x`` of
        a batch is a tuple, the network has several inputs.

        Raises: ValueRangeError for an epoch without a batch, NonFiniteError when loss or gradient are not finite.
        """
        if isinstance(train, ArrayDataset):
            raise DtypeError("Trainer.fit expected batches to train on, got an ArrayDataset; "
                             "write DataLoader(dataset, batch_size=32, shuffle=True)")
        if isinstance(train, Stream) and self.micro_batch_size is not None:
            raise ValueRangeError("Trainer expected no micro_batch_size for a Stream, whose states belong to whole "
                                  "batches; lower its batch_size")
        self.epochs = self.epoch + check_size(epochs, "epochs", "fit", least=1 if self._state is None else 0)
        self.source = train
        self.batches = len(train) if isinstance(train, Sized) else None
        self._validates = validation is not None
        self.paused = False
        if self._state is None:
            self.stopped, self.batch = None, 0
        self.generators = Generators(self)
        begin_together(self)
        with ExitStack() as stack:
            stack.enter_context(training_mode(self.model))
            stack.enter_context(np.errstate(over="ignore", invalid="ignore", divide="ignore"))  # the guard reports
            for callback in self.callbacks:
                self._tell_one(callback, "on_fit_begin")
                stack.callback(self._tell_one, callback, "on_fit_end")
            if self._state is not None:
                with going_on():
                    restore_callbacks(self, self._state)
                    if self._lacks():
                        self._run_epoch(train, validation)
            while self._lacks():
                self._run_epoch(train, validation)
            self._state = None
        return self.history

    def step(self, x: Any, y: Array) -> Step:
        """Run one step on a batch: gradients, callbacks, update."""
        seen: list[Step] = []

        def closure() -> float:
            self.optimizer.zero_grad()
            self.exchange.zero_grad()
            found = self.gradient(x, y)
            seen.append(found)
            self._tell("on_backward_end", found.loss + found.penalty)
            return found.loss + found.penalty

        self.optimizer.step(Objective(self.model, self.loss, x, y, self.penalties, closure))
        return seen[0]

    def gradient(self, x: Any, y: Array) -> Step:
        """Make the gradients of the parameters, which are zero, those of loss and penalties on a batch."""
        found = add_gradient(self.model, self.loss, x, y, self.exchange) if self.micro_batch_size is None else \
            accumulate_gradient(self.model, self.loss, x, y, self.micro_batch_size, self.exchange)
        return found._replace(penalty=sum(penalty.add_gradient(found.prediction) for penalty in self.penalties))

    def evaluate(self, data: Batches | ArrayDataset) -> dict[str, Any]:
        """Return loss (without penalties) and metrics over a data set, in evaluation mode."""
        return evaluate(self.model, self.loss, data, self.metrics, self.exchange)

    def stop(self, reason: str) -> None:
        """End the fit with this epoch, which if it still runs ends with this batch."""
        self.stopped = self.stopped or reason

    def pause(self) -> None:
        """End the fit after this batch, the epoch unfinished; from a ``state_dict`` taken then the next one follows."""
        self.paused = True

    def any_rank(self, flag: bool) -> bool:
        """Return whether something is so on any of the processes, all of which ask at the same moment."""
        return any_rank(flag, self.communicator)

    def gather(self, value: Any) -> list[Any]:
        """Return what each of the processes has, all of which ask: numbers, texts, arrays, lists and dicts of them."""
        return gather(value, self.communicator)

    def state_dict(self) -> dict[str, Any]:
        """Return all that decides how training goes on: weights, optimizer, callbacks, generators, place in data."""
        return state_of(self, self._pass_begin)

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Let the next ``fit`` go on where ``state_dict()`` was taken, by a trainer made in the same way.

        Raises: CheckpointError for the state of another, here or when the fit begins.
        """
        restore(self, state)
        self._state = state

    def find_non_finite(self, x: Array, y: Array) -> None:
        """Run the step of a batch again, changing nothing, and raise NonFiniteError where it first was not finite."""
        parts = [(x, y)] if self.micro_batch_size is None else micro_batches(x, y, self.micro_batch_size)
        for part_x, part_y in parts:
            check_step(self.model, self.loss, part_x, part_y)

    def results(self) -> dict[str, Any]:
        """Return what this epoch has found so far."""
        return self.totals.results(self.communicator)

    def columns(self, validation: bool | None = None) -> dict[str, bool]:
        """Return which numbers each row of the history will have to be judged by; True: higher is better.

        ``validation`` is whether there are data for it; None: as in the fit that runs.
        """
        judged = {"loss": False} | {metric.name: metric.higher_is_better for metric in self.metrics
                                    if metric.higher_is_better is not None}
        validates = self._validates if validation is None else validation
        return judged | ({f"val_{name}": higher for name, higher in judged.items()} if validates else {})

    def _lacks(self) -> bool:
        """Return whether there is an epoch to be run."""
        return self.epoch < self.epochs and self.stopped is None and not self.paused

    def _run_epoch(self, train: Batches, validation: Batches | ArrayDataset | None) -> None:
        began = time.perf_counter()
        if self.batch == 0:
            self.totals = Totals(self.loss, self.metrics)
        self._tell("on_epoch_begin")
        for x, y in self._batches(train):
            self._tell("on_batch_begin", x, y)
            step = self.step(x, y)
            self.totals.add(step.loss, step.prediction, y, step.penalty, step.divisor)
            self.batch += 1
            self._tell("on_batch_end", step.loss + step.penalty)
            if self.stopped is not None:
                break
            if self.paused:
                return
        if not self.batch:
            raise ValueRangeError(f"fit expected at least one batch in an epoch, got none in epoch {self.epoch + 1}; "
                                  f"a DataLoader with drop_last needs batch_size samples, and an iterator that is "
                                  f"used up can not be iterated over again")
        meet(self)
        self._tell("on_batches_end")
        self.epoch, self.batch = self.epoch + 1, 0
        row: Row = {"epoch": self.epoch, **self.results()}
        if self.penalties:
            row |= {"loss": self.totals.loss + self.totals.penalty, "penalty": self.totals.penalty}
        if validation is not None:
            row |= {f"val_{name}": value for name, value in self.evaluate(validation).items()}
        row |= {"lr": self.optimizer.param_groups[0]["lr"], "seconds": time.perf_counter() - began}
        self._tell("on_epoch_end", row)

    def _batches(self, train: Batches) -> Iterator[tuple[Any, Array]]:
        """Return the batches of an epoch; of one that was cut, those that it lacks."""
        state, self._state = self._state, None
        cut = state["generators"] if state is not None and self.batch else None
        if cut is not None:
            self.generators.restore(cut, "source")
        self._pass_begin = self.generators.states()["source"]
        batches: Iterator[tuple[Any, Array]] = iter(part_of(train, self.communicator))
        for done in range(self.batch):
            if next(batches, None) is None:
                raise StateError(f"training expected to go on after batch {self.batch} of an epoch, but the data have "
                                 f"only {done}; they are not those that it began with")
        if cut is not None:
            self.generators.restore(cut, "own")
        self.generators.part_ways(self.communicator.rank, self.communicator.size, (cut or {}).get("others", ()))
        return batches

    def _tell(self, moment: str, *news: Any) -> None:
        for callback in self.callbacks:
            self._tell_one(callback, moment, *news)

    def _tell_one(self, callback: Callback, moment: str, *news: Any) -> None:
        if not callback.first_rank_only:
            getattr(callback, moment)(self, *news)
        elif self.communicator.rank == 0:
            with apart():
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
