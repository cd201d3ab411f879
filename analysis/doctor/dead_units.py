"""How many units never answer to anything."""

import numpy as np

from ...layers.core import Array
from ...training import Trainer
from ..gradient_flow import dead_units
from .patient import Patient
from .verdict import Verdict

__all__ = ["check_dead_units"]

TITLE = "dead ReLUs"
ODD, BAD = 0.4, 0.8     # of all units; CS231n: "as much as 40% of your network can be dead"


def check_dead_units(patient: Patient) -> Verdict:
    """Count the units behind ReLUs that are zero for all of 1000 samples: no gradient will ever wake them.

    They are counted with random weights and after a hundred steps; in images a channel is one unit.

    Source: CS231n, notes on neural networks, commonly used activation functions.
    """
    first, last = _dead(patient.twin(), patient), _dead(patient.trained.trainer, patient)
    if not last:
        return Verdict(TITLE, "skipped", "there is no ReLU")
    shares = [float(np.concatenate(list(found.values())).mean()) for found in (first, last)]
    worst = max(last, key=lambda path: last[path].mean())
    facts = f"{shares[0]:.0%} of the units with random weights, {shares[1]:.0%} after a short training"
    if max(shares) <= ODD:
        return Verdict(TITLE, "good", facts)
    return Verdict(TITLE, "bad" if max(shares) > BAD else "odd", f"{facts}, {last[worst].mean():.0%} in {worst}",
                   "standardise the inputs and begin with zero biases" if shares[0] > ODD else
                   "lower the learning rate, or take LeakyReLU")


def _dead(trainer: Trainer, patient: Patient) -> dict[str, Array]:
    """Return for every ReLU, by its path, which of its units are zero for all samples."""
    x, _ = patient.some(1000)
    with patient.clock():
        return dead_units(trainer.model, x)
