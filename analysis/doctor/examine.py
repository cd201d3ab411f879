"""All checks, one after another."""

from collections.abc import Callable, Iterator

from ...layers.core import ChainruleError, message
from . import dead_units, few_samples, gradient_flow, initial_loss, learning_rate, regularisation, update_ratio
from .patient import Patient
from .verdict import Verdict

__all__ = ["CHECKS", "examine"]

CHECKS: dict[str, Callable[[Patient], Verdict]] = {
    initial_loss.TITLE: initial_loss.check_initial_loss,
    few_samples.TITLE: few_samples.check_few_samples,
    regularisation.TITLE: regularisation.check_regularisation,
    gradient_flow.TITLE: gradient_flow.check_gradient_flow,
    update_ratio.TITLE: update_ratio.check_update_ratio,
    dead_units.TITLE: dead_units.check_dead_units,
    learning_rate.TITLE: learning_rate.check_learning_rate,
}


def examine(patient: Patient) -> Iterator[Verdict]:
    """Yield the verdict of every check as it is found; the patient stays as it was.

    A check that ends in an error of the network's own says which.

    Source: CS231n, notes on learning.

    Example:
        >>> data, model = digits(flat=True), Sequential(Linear(64, 32), ReLU(), Linear(32, 10))
        >>> trainer = Trainer(model, CrossEntropyLoss(), Adam(model.parameters(), lr=1e-2))
        >>> loader = DataLoader(data, 64, shuffle=True, rng=np.random.default_rng(0))
        >>> sorted({verdict.grade for verdict in examine(Patient(trainer, loader, lambda count: data[:count]))})
        ['good', 'skipped']
    """
    for title, check in CHECKS.items():
        try:
            yield check(patient)
        except ChainruleError as error:
            yield Verdict(title, "bad", message(error))
