"""The curves of a run: loss, metrics, learning rate."""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ...training import METRICS
from ..plots import Curve, draw_lines
from .card import card, section

__all__ = ["best_epoch", "curves_section"]

Rows = Sequence[Mapping[str, Any]]


def curves_section(rows: Rows) -> str:
    """Return a card for each quantity, training and validation together, the best epoch ringed, and the learning rate.

    A loss or learning rate that reaches over more than a factor of 50 is drawn on a logarithmic axis.
    """
    names = {name: None for row in rows for name, value in row.items()
             if name not in ("epoch", "seconds", "lr") and _is_number(value)}
    panels = dict.fromkeys(name.removeprefix("val_") for name in names)
    return section("Curves", [*(_panel(rows, panel, names) for panel in panels), _rate(rows)])


def best_epoch(rows: Rows, name: str) -> float | None:
    """Return the epoch in which a loss or known metric was best, or None where nobody knows which way is up."""
    bare = name.removeprefix("val_")
    higher = False if bare.endswith("loss") else METRICS[bare].higher_is_better if bare in METRICS else None
    known = [(row[name], row["epoch"]) for row in rows if _is_number(row.get(name)) and math.isfinite(row[name])]
    if higher is None or not known:
        return None
    value = (max if higher else min)(value for value, _ in known)
    return float(next(epoch for each, epoch in known if each == value))


def _panel(rows: Rows, panel: str, names: Mapping[str, None]) -> str:
    curves = []
    for name, label, color in ((panel, "training", "var(--blue)"), (f"val_{panel}", "validation", "var(--orange)")):
        if name in names:
            judged = f"val_{panel}" if f"val_{panel}" in names else panel
            curves.append(Curve(label, _points(rows, name), color, best_epoch(rows, name) if name == judged else None))
    log = panel.endswith("loss") and _is_wide(y for curve in curves for _, y in curve.points)
    title = panel.replace("_", " ") + (" (logarithmic)" if log else "")
    return card(title, draw_lines(curves, log=log, title=panel.replace("_", " ")))


def _rate(rows: Rows) -> str:
    points = _points(rows, "lr")
    if not any(value for _, value in points):
        return ""
    log = _is_wide(value for _, value in points)
    return card(f"learning rate{' (logarithmic)' if log else ''}",
                draw_lines([Curve("learning rate", points, "var(--blue)")], log=log, title="learning rate"))


def _is_wide(values: Iterable[float | None]) -> bool:
    """Return whether none is below zero, and those above reach over more than a factor of 50."""
    found = [value for value in values if value is not None and math.isfinite(value)]
    above = [value for value in found if value > 0]
    return bool(above) and min(found) >= 0 and max(above) > 50 * min(above)


def _points(rows: Rows, name: str) -> list[tuple[float, float | None]]:
    return [(row["epoch"], float(row[name]) if _is_number(row.get(name)) else None) for row in rows]


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
