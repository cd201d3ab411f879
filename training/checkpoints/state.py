"""All that decides how a training goes on, taken out of a trainer and put into another."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from ...layers.core import ChainruleError, check_size
from ..language import CarriedLoss
from .file import CheckpointError

if TYPE_CHECKING:
    from ..totals import Totals
    from ..trainer import Trainer

__all__ = ["fitting", "going_on", "restore", "restore_callbacks", "state_of"]

_TOTALS = ("batches", "weight", "loss", "penalty", "statistics")


def state_of(trainer: "Trainer", pass_begin: list[Any]) -> dict[str, Any]:
    """Return the state of a trainer after a batch or an epoch; of a job, the same on every rank, all of which ask.

    The generators of what gives the batches are kept as they were when this pass began (``pass_begin``): its batches
    come again, and those that were done are skipped.
    """
    generators = trainer.generators.states()
    others = trainer.gather(generators["own"])[1:] if trainer.batch else []
    carried = trainer.gather(trainer.loss.state()) if trainer.batch and isinstance(trainer.loss, CarriedLoss) else [()]
    totals = {name: getattr(trainer.totals, name) for name in _TOTALS} | {
        "statistics": trainer.totals.gather(trainer.communicator)}
    return {
        "epoch": trainer.epoch, "batch": trainer.batch, "stopped": trainer.stopped,
        "model": trainer.model.state_dict(),
        "optimizer": trainer.optimizer.state_dict(),
        "loss": trainer.loss.state_dict(),
        "carried": tuple(np.concatenate(parts, axis=1) for parts in zip(*carried, strict=True)),
        "callbacks": [(type(callback).__name__, state) for callback in trainer.callbacks
                      if (state := callback.state_dict())],
        "totals": totals if trainer.batch else {},
        "generators": generators | {"others": others} | ({"source": pass_begin} if trainer.batch else {}),
    }


def restore(trainer: "Trainer", state: Mapping[str, Any]) -> None:
    """Put weights, optimizer and the place in the data into a trainer.

    Raises: CheckpointError for the state of another.
    """
    with fitting("training"), np.errstate(invalid="raise"):      # a NaN where whole numbers belong
        for name in ("epoch", "batch"):
            check_size(state[name], name, "a checkpoint", least=0)
        trainer.model.load_state_dict(state["model"])
        trainer.optimizer.load_state_dict(state["optimizer"])
        trainer.loss.load_state_dict(state["loss"])
        if state["carried"] and isinstance(trainer.loss, CarriedLoss):
            trainer.loss.carry(state["carried"])
        if state["batch"]:
            _restore_totals(trainer.totals, state["totals"], trainer.communicator.rank)
        trainer.epoch, trainer.batch = state["epoch"], state["batch"]
        trainer.stopped = None if state["stopped"] is None else str(state["stopped"])


def restore_callbacks(trainer: "Trainer", state: Mapping[str, Any]) -> None:
    """Put what callbacks knew, and after a whole epoch the generators, into a trainer whose fit has begun.

    Raises: CheckpointError for the state of another.
    """
    with fitting("callbacks"):
        callbacks = iter(trainer.callbacks)
        for name, known in state["callbacks"]:
            callback = next((each for each in callbacks if type(each).__name__ == name), None)
            if callback is None:
                raise CheckpointError(f"the checkpoint was made with {name} among the callbacks, which is missing now")
            callback.load_state_dict(known)
        if not trainer.batch:       # else the skipped batches come first
            trainer.generators.restore(state["generators"], "own", "source")


@contextmanager
def fitting(part: str) -> Iterator[None]:
    """Turn whatever goes wrong while a state is put in place into one message that says so."""
    try:
        yield
    except CheckpointError:
        raise
    except (ChainruleError, ArithmeticError, AttributeError, LookupError, RecursionError, TypeError,
            ValueError) as error:
        what = str(error) if isinstance(error, ChainruleError) else f"{type(error).__name__}: {error}"
        raise CheckpointError(f"the checkpoint does not fit this {part}: {what}; it is of another model, config or "
                              f"version") from error


@contextmanager
def going_on() -> Iterator[None]:
    """Turn what goes wrong in the first epoch after a state was put in place, other than by data or numbers, into one
    message: it may be well-formed and still none that a trainer has ever given."""
    try:
        yield
    except (ChainruleError, OSError):
        raise
    except Exception as error:
        raise CheckpointError(f"training can not go on from the checkpoint: {type(error).__name__}: {error}; it is of "
                              f"another model, config or version, or a callback has a mistake") from error


def _restore_totals(totals: "Totals", state: Mapping[str, Any], rank: int) -> None:
    totals.batches = check_size(state["batches"], "batches", "a checkpoint", least=0)
    totals.weight, totals.loss, totals.penalty = (float(state[name]) for name in ("weight", "loss", "penalty"))
    for metric, statistics in zip(totals.metrics, state["statistics"], strict=True):
        metric.value(statistics)        # fails for what is none of its own
    totals.statistics = [] if rank else list(state["statistics"])       # what all had counts once
