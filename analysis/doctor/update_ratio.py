"""Whether weights move at a sensible speed."""

import numpy as np

from .patient import Patient
from .verdict import Verdict

__all__ = ["check_update_ratio"]

TITLE = "update to weight"
LOW, HIGH = 1e-5, 5e-2      # around the rule of thumb, 1e-3; Adam's first steps are larger, later ones smaller


def check_update_ratio(patient: Patient) -> Verdict:
    """Train for a hundred steps and hold the norm of a step of every weight against that of the weight.

    Their mean counts: a rate that is far too high makes large weights, against which later steps look small.

    Source: CS231n, notes on learning, ratio of weights to updates: "should be somewhere around 1e-3".
    """
    ratios = {name: float(np.mean(found)) for name, found in patient.trained.ratios.items()}
    if not ratios:
        return Verdict(TITLE, "skipped", "there is no weight with a step to measure")
    middle = float(np.median(list(ratios.values())))
    least, most = min(ratios, key=lambda name: ratios[name]), max(ratios, key=lambda name: ratios[name])
    facts = f"{middle:.1e} in the middle, {ratios[least]:.1e} in {least} to {ratios[most]:.1e} in {most}"
    if not ratios[most] < np.inf:
        return Verdict(TITLE, "bad", f"the weights of {most} are not finite any more", "lower the learning rate")
    if middle > HIGH:
        return Verdict(TITLE, "bad" if middle > 10 * HIGH else "odd", facts,
                       f"weights change too fast: lower the learning rate towards 1e-3, {middle / 1e-3:.0f} times")
    if middle < LOW:
        return Verdict(TITLE, "bad" if middle < LOW / 10 else "odd", facts,
                       "weights hardly move: raise the learning rate" if middle else
                       "weights do not move: raise the learning rate, thaw layers, look for a gradient that is zero")
    return Verdict(TITLE, "good", facts)
