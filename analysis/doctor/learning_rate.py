"""Whether the learning rate lies where the loss falls."""

from ...training import find_learning_rates
from .patient import Patient
from .verdict import Verdict

__all__ = ["check_learning_rate"]

TITLE = "learning rate"


def check_learning_rate(patient: Patient) -> Verdict:
    """Run the range test and look where the config's rate lies in what it found.

    Source: Smith 2017, section 3.3.
    """
    group = patient.trainer.optimizer.param_groups[0]
    rate = group.get("initial_lr", group.get("lr"))
    if not rate:
        return Verdict(TITLE, "skipped", "the optimizer has none")
    found = find_learning_rates(patient.trainer, patient.batches, high=max(10.0, 10 * rate), seconds=patient.seconds)
    if found.fastest is None or found.slowest is None or found.suggested is None:
        return Verdict(TITLE, "bad", "the loss falls at none from 1e-6 on", "look at the other checks first")
    facts = f"{rate:.2g}; the loss falls from {found.slowest:.1g} to {found.fastest:.1g}"
    if rate > 2 * found.fastest:        # the test itself is no more exact
        return Verdict(TITLE, "odd" if rate < 10 * found.fastest else "bad", facts,
                       f"lower it to about {found.suggested:.1g}")
    if rate < found.slowest / 30:
        return Verdict(TITLE, "odd" if rate > found.slowest / 1000 else "bad", facts,
                       f"raise it to about {found.suggested:.1g}")
    return Verdict(TITLE, "good", facts)
