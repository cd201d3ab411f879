"""Whether the network can learn twenty samples by heart."""

import math
from contextlib import suppress

from ...layers.core import NonFiniteError
from ...losses import ELBOLoss
from ...optim import Adam
from ...training import Trainer
from .patient import Patient, pure_loss, steady_training
from .verdict import Grade, Verdict

__all__ = ["check_few_samples"]

TITLE = "overfits 20 samples"
STEPS = 500
DONE = 0.02         # of the first loss: learned by heart
STUCK = 0.5         # of the first loss: hardly anything was learned


def check_few_samples(patient: Patient) -> Verdict:
    """Train on twenty samples without regularisation until the loss is nearly zero; a sound network gets there.

    Where the config's optimizer fails, Adam is tried, to tell whether it is the network that can not.

    Source: CS231n, notes on learning, sanity checks: "Overfit a tiny subset of data".
    """
    if isinstance(pure_loss(patient.trainer), ELBOLoss):
        return Verdict(TITLE, "skipped", "the loss can not come to zero: a bound has a price for codes")
    own, steps = _learn(patient, None)
    facts = f"after {steps} steps the loss is {own:.2g} of what it was"
    if own <= DONE:
        return Verdict(TITLE, "good", facts)
    best, rate = min((_learn(patient, rate)[0], rate) for rate in (1e-2, 1e-3))
    if best <= DONE or best < own / 10:
        return Verdict(TITLE, "odd", f"{facts}, with Adam(lr={rate:g}) {best:.2g}",
                       "the network can, the optimizer is slow: look at its learning rate")
    grade: Grade = "odd" if min(own, best) < STUCK else "bad"
    return Verdict(TITLE, grade, f"{facts}, with Adam(lr={rate:g}) {best:.2g}",
                   "look for equal inputs with different targets, for layers that let no gradient through, for a "
                   "network that is too narrow")


def _learn(patient: Patient, rate: float | None) -> tuple[float, int]:
    """Return the loss at the end as a share of that at the beginning, and the steps; ``rate`` is Adam's, if given."""
    x, y = patient.some(20)
    twin = patient.twin()
    optimizer = twin.optimizer if rate is None else Adam(twin.model.parameters(), lr=rate)
    twin = Trainer(twin.model, twin.loss, optimizer)
    twin.callbacks = []
    for group in optimizer.param_groups:
        group.update({"weight_decay": 0} if "weight_decay" in group else {})
    if hasattr(loss := pure_loss(twin), "label_smoothing"):
        loss.label_smoothing = 0.0
    losses: list[float] = []
    with steady_training(twin), patient.clock() as is_over, suppress(NonFiniteError):
        while len(losses) <= STEPS:
            losses.append(twin.step(x, y).loss)
            if losses[-1] <= DONE * losses[0] or is_over():
                break
    share = losses[-1] / losses[0] if losses[0] else 0.0
    return (share if math.isfinite(share) else math.inf), len(losses) - 1
