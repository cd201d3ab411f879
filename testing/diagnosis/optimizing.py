"""Asking an optimiser in this process: the right one found, its known mistakes asked too, the answers judged."""

from collections.abc import Callable, Sequence
from copy import deepcopy
from typing import Any

import numpy as np

from ... import optim
from ...layers.core import Parameter, ValueRangeError
from ...optim import Optimizer
from ..mutants.optimizers import OPTIMIZER_MUTANTS
from .diagnosis import Diagnosis
from .judging import judge
from .matching import Known
from .pages import page_of
from .steps import Make, Steps, ask_optimizer, steps_for

__all__ = ["diagnose_optimizer", "known_steps"]


def known_steps(reference: Make, steps: Steps) -> list[Known]:
    """Return the known mistakes of an optimiser with their answers."""
    kind = type(reference([Parameter(array) for array in steps.start]))
    return [Known(mutant.name, mutant.family, mutant.explanation, ask_optimizer(_making(mutant.of, reference), steps))
            for mutant in OPTIMIZER_MUTANTS if issubclass(kind, mutant.kind)]


def _making(change: Callable[[Optimizer], Optimizer], make: Make) -> Make:
    return lambda parameters: change(make(parameters))


def diagnose_optimizer(make: Make, reference: Make | None = None, *, detail: str = "full", seed: int = 0,
                       tolerance: float = 1e-6) -> Diagnosis:
    """Say what is wrong with an optimiser: five steps of two parameters are compared with those of a right one.

    ``make`` makes it of parameters. The right one is by default the library's class of the same name, or that it
    extends, with the same options.

    Raises: ValueRangeError where there is no such class and no reference.

    Example:
        >>> from chainrule.testing import diagnose_optimizer
        >>> class Downhill(SGD):
        ...     def update(self, w, grad, state, step, group):
        ...         super().update(w, -grad, state, step, group)
        >>> diagnose_optimizer(lambda params: Downhill(params, lr=0.1)).faults[0].entries
        ('SGD.step: step uphill',)
    """
    steps = steps_for(seed)
    right = reference or _right_of(make)
    kind = type(right([Parameter(array) for array in steps.start]))
    subject = type(make([Parameter(array) for array in steps.start])).__name__
    return judge(subject, ask_optimizer(right, steps), ask_optimizer(make, steps), None, known_steps(right, steps),
                 equation=lambda name: _formula(kind), page=page_of(kind), tolerance=tolerance).limited(detail)


def _right_of(make: Make) -> Make:
    kind = type(make([Parameter(np.zeros(1))]))
    package = __name__.partition(".")[0]
    right = next((base for base in kind.__mro__ if base.__module__.startswith(f"{package}.")
                  and getattr(optim, base.__name__, None) is base and base is not Optimizer),
                 getattr(optim, kind.__name__, None))
    if right is None:
        raise ValueRangeError(f"{kind.__name__} is no optimiser of the library and extends none; give a reference")

    def made(parameters: Sequence[Parameter]) -> Optimizer:
        optimizer = make(parameters)
        twin = deepcopy(optimizer.defaults)
        return _like(right, parameters, twin)
    return made


def _like(kind: type[Optimizer], parameters: Sequence[Parameter], options: dict[str, Any]) -> Optimizer:
    fresh = kind(parameters)
    for group in fresh.param_groups:
        group.update({name: value for name, value in options.items() if name in group})
    fresh.defaults.update({name: value for name, value in options.items() if name in fresh.defaults})
    return fresh


def _formula(kind: type) -> str:
    return "; ".join(line.strip() for line in (kind.__doc__ or "").partition("Formula:")[2].partition("\n\n")[0]
                     .splitlines() if line.strip())
