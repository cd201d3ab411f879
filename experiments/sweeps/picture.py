"""A picture of a sweep: how it went on, and what each parameter had to do with it."""

import json
import math
from collections.abc import Sequence
from io import BytesIO
from typing import TYPE_CHECKING, Any

from .plan import Sweep
from .space import SweepParameter

if TYPE_CHECKING:
    from .outcome import TrialRow

__all__ = ["draw_sweep"]

COLUMNS = 4


def draw_sweep(sweep: Sweep, rows: Sequence["TrialRow"]) -> bytes:
    """Return a PNG: the values of the trials in their order with the best so far, then by every parameter.

    Darker dots are later trials, crosses pruned ones at the value at which they ended.
    """
    from matplotlib.figure import Figure  # slow, and needed here only; Figure alone draws without a screen

    count = 1 + len(sweep.parameters)
    across = min(count, COLUMNS)
    down = math.ceil(count / across)
    figure = Figure(figsize=(4.2 * across, 3.4 * down), layout="constrained")
    panels = list(figure.subplots(down, across, squeeze=False, sharey=True).flat)
    shown = [row for row in rows if row.value is not None and math.isfinite(row.value)
             and row.status in ("finished", "pruned")]
    figure.suptitle(f"{sweep.path.name}: {len(shown)} trials of {len(rows)}")
    _draw_order(panels[0], sweep, shown)
    for axes, parameter in zip(panels[1:], sweep.parameters, strict=False):
        _draw_parameter(axes, parameter, shown)
    for axes in panels[count:]:
        axes.set_visible(False)
    values = [row.value for row in shown if row.value is not None]
    positive = [value for value in values if value > 0]
    if positive and min(values) >= 0 and max(values) > 30 * min(positive):
        panels[0].set_yscale("symlog", linthresh=min(positive))     # logarithmic, and has a place for 0
    for row in range(down):
        panels[row * across].set_ylabel(f"{sweep.monitor} ({'higher' if sweep.higher_is_better else 'lower'} is "
                                        "better)".replace("_", " "))
    buffer = BytesIO()
    figure.savefig(buffer, format="png", dpi=120)
    return buffer.getvalue()


def _draw_order(axes: Any, sweep: Sweep, rows: Sequence["TrialRow"]) -> None:
    _dots(axes, [row.number for row in rows], rows)
    best: list[tuple[int, float]] = []
    for row in sorted(rows, key=lambda row: row.number):
        if row.status == "finished" and row.value is not None:
            better = max if sweep.higher_is_better else min
            best.append((row.number, better(row.value, best[-1][1]) if best else row.value))
    if best:
        axes.step(*zip(*best, strict=True), where="post", color="C1", label="best so far")
    if any(row.status == "pruned" for row in rows):
        axes.scatter([], [], marker="x", color="C0", label="pruned")
    if best:
        axes.legend()
    axes.set_xlabel("trial")
    axes.grid(alpha=0.3)


def _draw_parameter(axes: Any, parameter: SweepParameter, rows: Sequence["TrialRow"]) -> None:
    having = [row for row in rows if parameter.name in row.values]
    if parameter.kind == "choice":
        places = {text: index for index, text in enumerate(parameter.choices)}
        _dots(axes, [places[json.dumps(row.values[parameter.name], ensure_ascii=False)] for row in having], having)
        axes.set_xticks(range(len(places)), [text.strip('"')[:20] for text in places],
                        rotation=30 if max(map(len, places)) > 8 else 0)
        axes.set_xlim(-0.5, len(places) - 0.5)
    else:
        _dots(axes, [row.values[parameter.name] for row in having], having)
        if parameter.kind.startswith("log"):
            axes.set_xscale("log")
    axes.set_xlabel(parameter.title)
    axes.grid(alpha=0.3)


def _dots(axes: Any, places: Sequence[float], rows: Sequence["TrialRow"]) -> None:
    last = max((row.number for row in rows), default=0)
    for status, marker in (("finished", "o"), ("pruned", "x")):
        chosen = [(place, row) for place, row in zip(places, rows, strict=True) if row.status == status]
        if chosen:
            axes.scatter([place for place, _ in chosen], [row.value for _, row in chosen], marker=marker, s=28,
                         c=[row.number for _, row in chosen], cmap="Blues", vmin=-0.6 * (last + 1), vmax=last,
                         linewidths=1)
