"""What is wrong with a plan at a glance: data that do not fit the loss, schedules that do not fit the time."""

from collections.abc import Iterator

import numpy as np

from ...layers.core import Array
from ...layers.sparse_rows import is_sparse
from ...losses import BCELoss, BCEWithLogitsLoss, ClassLoss, HuberLoss, L1Loss, MSELoss, SmoothL1Loss
from ...optim import Adam, CosineAnnealingLR, MultiStepLR, OneCycleLR, StepLR
from ...training import EarlyStopping, ScheduleRunner
from .plan import Plan

__all__ = ["suspect_planning"]

ROWS = 10_000       # that are looked at
FEW = 50            # samples: with fewer, such as the four of XOR, nobody holds any out


def suspect_planning(plan: Plan) -> Iterator[str]:
    """Yield what looks like a mistake in data, targets, optimizer, schedule or callbacks."""
    x, y = plan.training.x[:ROWS], plan.training.y[:ROWS]
    yield from _inputs(x)
    yield from _targets(plan, np.asarray(y))
    if not plan.held_out and len(plan.training) >= FEW:
        yield ("nothing is held out, so nobody will know how the network does on new data; set data.test_size or "
               "data.validation_size")
    optimizer = plan.trainer.optimizer
    if type(optimizer) is Adam and any(group["weight_decay"] and not group["decoupled_weight_decay"]
                                       for group in optimizer.param_groups):
        yield ("Adam divides weight_decay by the size of the gradient, so that large weights may hardly shrink; take "
               "AdamW (Loshchilov & Hutter 2019)")
    for callback in plan.trainer.callbacks:
        if isinstance(callback, EarlyStopping) and callback.patience >= plan.epochs:
            yield (f"EarlyStopping has a patience of {callback.patience} in {plan.epochs} epochs, and will never stop; "
                   f"lower it, or raise epochs")
        if isinstance(callback, ScheduleRunner):
            yield from _schedule(callback, plan)


def _inputs(x: Array) -> Iterator[str]:
    if is_sparse(x) or x.dtype.kind != "f":
        return
    mean, deviation = float(x.mean(dtype=np.float64)), float(x.std(dtype=np.float64))
    if deviation > 10 or abs(mean) > 10 or deviation < 0.01:
        yield (f"inputs have mean {mean:.3g} and deviation {deviation:.3g}, far from 0 and 1; set data.standardize, or "
               f"scale them")


def _targets(plan: Plan, y: Array) -> Iterator[str]:
    loss = plan.loss
    if isinstance(loss, (MSELoss, L1Loss, SmoothL1Loss, HuberLoss)) and y.size == len(y) and not (y % 1).any():
        labels = np.unique(y)
        if 2 < len(labels) <= 20 and (labels == np.arange(len(labels))).all():
            yield (f"targets are 0, 1, … {len(labels) - 1}, which look like classes, but {loss.title} takes them for "
                   f"numbers; if they are classes, take CrossEntropyLoss and {len(labels)} outputs")
    if isinstance(loss, (BCELoss, BCEWithLogitsLoss)) and ((y < 0) | (y > 1)).any():
        yield f"{loss.title} wants targets from 0 to 1, got {y.min():.3g} to {y.max():.3g}; scale them, or take MSELoss"
    if isinstance(loss, ClassLoss) and y.dtype.kind in "iu" and (y >= 0).any():
        counts = np.bincount(y[y >= 0].ravel())
        here = counts[counts > 0]
        if y.ndim == 1 and len(here) > 1 and here.min() * 10 < here.max() and loss.weight is None:
            yield (f"the rarest class has {here.min()} samples, the most frequent {here.max()}; set "
                   f"training.class_weight: balanced, and judge by f1 besides accuracy")
        if y.ndim == 1 and len(here) == 1:
            yield "all targets are of one class, so there is nothing to learn"


def _schedule(runner: ScheduleRunner, plan: Plan) -> Iterator[str]:
    schedule, total = runner.schedule, plan.epochs * (plan.steps if runner.every == "batch" else 1)
    unit = "batches" if runner.every == "batch" else "epochs"
    if isinstance(schedule, CosineAnnealingLR) and schedule.T_max != total:
        what = "rises again before the end" if schedule.T_max < total else "is still high at the end"
        yield f"CosineAnnealingLR has T_max={schedule.T_max} for {total} {unit}: the learning rate {what}"
    if isinstance(schedule, OneCycleLR) and schedule.total_steps != total:
        yield (f"OneCycleLR has total_steps={schedule.total_steps} for {total} {unit}: "
               f"{'it ends in an error' if schedule.total_steps < total else 'the cycle does not end'}")
    if isinstance(schedule, StepLR) and schedule.step_size >= total:
        yield f"StepLR has step_size={schedule.step_size} for {total} {unit}: the learning rate never changes"
    if isinstance(schedule, MultiStepLR) and schedule.milestones and schedule.milestones[0] >= total:
        yield f"MultiStepLR begins at {schedule.milestones[0]} of {total} {unit}: the learning rate never changes"
