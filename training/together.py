"""What the processes of a job see to besides their steps, so that they train one network."""

from typing import TYPE_CHECKING

from ..layers.core import ValueRangeError
from .parallel.current import current
from .parallel.exchange import GradientExchange
from .parallel.gathering import broadcast
from .parallel.replicas import check_equal, share_buffers, share_parameters

if TYPE_CHECKING:
    from .trainer import Trainer

__all__ = ["begin_together", "exchange_of", "meet"]


def exchange_of(trainer: "Trainer") -> GradientExchange:
    """Return what adds up the gradients of all that a trainer can move."""
    moved = (parameter for group in trainer.optimizer.param_groups for parameter in group["params"])
    return GradientExchange((trainer.model, trainer.loss),
                            (*trainer.model.parameters(), *trainer.loss.parameters(), *moved), trainer.communicator)


def begin_together(trainer: "Trainer") -> None:
    """Let every process of the job that a fit runs in begin where the first one does.

    Raises: ValueRangeError for a way to train whose steps are not those of the whole batch.
    """
    job = trainer.communicator = current()
    trainer.exchange = exchange_of(trainer)
    if job.size == 1:
        return
    _check_reducible(trainer)
    share_parameters((trainer.model, trainer.loss), job)
    share_buffers(trainer.model, job)
    trainer.generators.restore(broadcast(trainer.generators.states(), job), "own", "source")


def meet(trainer: "Trainer") -> None:
    """Let every process be where the first one is after the batches of an epoch; nothing for one that is alone.

    Raises: StateError where their networks have parted.
    """
    job = trainer.communicator
    if job.size > 1:
        check_equal(trainer.model, job)
        share_buffers(trainer.model, job)
        trainer.generators.restore(broadcast(trainer.generators.states(), job), "own")


def _check_reducible(trainer: "Trainer") -> None:
    """Raise ValueRangeError for a way to train whose steps are not those of the whole batch."""
    what = next((type(penalty).__name__ for penalty in trainer.penalties if penalty.of_network), None)
    if trainer.optimizer.needs_curvature:
        what = type(trainer.optimizer).__name__
    if not trainer.many_processes:
        what = type(trainer).__name__
    if what is not None:
        raise ValueRangeError(f"{what} expected to train in one process, got a job of {trainer.communicator.size}: it "
                              f"takes more of a batch than a gradient that adds up over its parts; start one process")
