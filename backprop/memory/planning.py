"""From a model and a budget to a model that keeps to it."""

import re
from typing import Any

from ...layers.core import DtypeError, Layer, ValueRangeError, check_choice
from ...models import Graph, Parallel, Residual, Sequential
from ...training.modes import training_mode
from .partition import Objective
from .plan import Plan, show_bytes
from .planned import Planned
from .search import best_schedule, candidates, smallest
from .unroll import unroll

__all__ = ["parse_budget", "plan"]


def plan(model: Layer, *input_shape: Any, budget: str | float = "40%", objective: Objective = "time") -> Planned:
    """Return the model with a schedule whose memory for values, caches and gradients keeps to a budget.

    ``input_shape`` is that of an input, the batch axis included; give several for several inputs. ``budget`` is in
    bytes (``200 * 2**20``, ``"200MB"``), or a part of what the plain run holds at its peak (``"40%"``). Within it
    ``"time"`` computes as little again as it can find, and ``"memory"`` takes the schedule of the smallest peak.

    Cost: about a second for fifty layers, ten for five hundred; nothing is allocated or computed.

    Raises: DtypeError for a model that is no Sequential, Graph, Parallel or Residual, ValueRangeError for a budget that
    can not be read, or below what any schedule found needs; the message says what would do.

    Source: Kusumoto et al. 2019; budgets swept and schedules mended as docs/recompute.md tells.

    Example:
        >>> from chainrule.layers import Linear, Tanh
        >>> layers = [layer for _ in range(6) for layer in (Linear(9, 9), Tanh())]
        >>> model = plan(Sequential(*layers), (5, 9), budget="80%")
        >>> model.plan.peak <= model.plan.budget
        True
    """
    check_choice(objective, ("time", "memory"), name="objective", owner="plan")
    if not isinstance(model, (Sequential, Graph, Parallel, Residual)):
        raise DtypeError(f"plan expected a Sequential, Graph, Parallel or Residual, which can be taken apart, "
                         f"got {model.title if isinstance(model, Layer) else repr(model)}")
    with training_mode(model):
        unrolled = unroll(model, *input_shape)
    first = next(model.parameters(), None)
    computation = unrolled.computation(4 if first is None else first.dtype.itemsize)
    whole = Plan(unrolled, computation, (), 0).plain_peak
    allowed = parse_budget(budget, whole)
    known = candidates(computation)
    best = best_schedule(computation, allowed, objective, known)
    if best is None:
        least = smallest(computation, known).peak
        raise ValueRangeError(f"plan found no schedule of {model.title} within {show_bytes(allowed)}; the smallest "
                              f"peak it knows is {show_bytes(least)}, {100 * least / whole:.0f} % of the plain run's "
                              f"{show_bytes(whole)}; write budget=\"{-(-100 * least // whole)}%\" or more")
    return Planned(model, Plan(unrolled, computation, best.schedule, allowed))


def parse_budget(budget: str | float, whole: int) -> int:
    """Return a budget in bytes: a number of them, ``"200MB"`` (KB, MB, GB are powers of 1024), or a part of ``whole``.

    Raises: ValueRangeError for anything else.

    Example:
        >>> parse_budget("2KB", 0), parse_budget("40%", 1000)
        (2048, 400)
    """
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*(%|[KMG]?i?B|)\s*", str(budget))
    number = float(found[1]) if found and not isinstance(budget, bool) else 0.0
    if found is None or number <= 0:
        raise ValueRangeError(f'budget expected bytes such as "200MB", or a part of the plain run such as "40%", '
                              f"got {budget!r}")
    unit = found[2].replace("i", "")
    return int(number / 100 * whole) if unit == "%" else int(number * 1024 ** ("", "KB", "MB", "GB").index(
        unit if unit != "B" else ""))
