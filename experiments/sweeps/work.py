"""The work of one process on a sweep: one trial after the other until there are enough."""

import math
from collections.abc import Callable
from signal import Signals

from .outcome import rows_of, show_value
from .plan import Sweep
from .study import Study
from .trial import train_trial

__all__ = ["work"]


def work(sweep: Sweep, trials: int, say: Callable[[str], None] = print) -> Signals | None:
    """Train trials until there are ``trials``, of all processes together; return the signal that ended it before."""
    study = Study(sweep)
    while True:
        with study.take(trials) as taken:
            if taken is None:
                return None
            signal = train_trial(sweep, study, taken)
            number = taken.number
        if signal is not None:
            return signal
        say(_line(sweep, study, number))


def _line(sweep: Sweep, study: Study, number: int) -> str:
    row = next(row for row in rows_of(sweep, study) if row.number == number)
    value = math.nan if row.value is None else row.value
    values = "  ".join(f"{parameter.title}={show_value(row.values.get(parameter.name))}"
                       for parameter in sweep.parameters)
    why = f"  ({row.reason})" if row.status in ("failed", "diverged") else ""
    return f"trial {number:<3} {row.status:9} {sweep.monitor} {value:<10.4g} {values}{why}"
