"""The curves of a run as a picture: one panel for each quantity, training and validation together."""

from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any

__all__ = ["draw_curves"]


def draw_curves(history: Sequence[Mapping[str, Any]], title: str) -> bytes:
    """Return a PNG of what a run recorded, one mapping of names to numbers for each epoch.

    ``val_loss`` is drawn into the panel of ``loss``, and so for every name.

    Example:
        >>> from chainrule.experiments.curves import draw_curves
        >>> draw_curves([{"epoch": 1, "loss": 2.0}, {"epoch": 2, "loss": 1.0}], "two epochs")[1:4]
        b'PNG'
    """
    from matplotlib.figure import Figure  # slow, and needed here only; Figure alone draws without a screen

    names = {name: None for row in history for name, value in row.items()
             if name not in ("epoch", "seconds") and isinstance(value, (int, float))}
    panels = [name for name in names if not name.startswith("val_")]
    figure = Figure(figsize=(4.5 * max(len(panels), 1), 3.5), layout="constrained")
    figure.suptitle(title)
    for axes, panel in zip(figure.subplots(1, max(len(panels), 1), squeeze=False)[0], panels, strict=False):
        for name, label in ((panel, "training"), (f"val_{panel}", "validation")):
            if name in names:
                points = [(row["epoch"], row[name]) for row in history if row.get(name) is not None]
                axes.plot(*zip(*points, strict=True), label=label, marker="." if len(points) < 50 else "")
        axes.set(xlabel="epoch", ylabel=panel.replace("_", " "))
        axes.grid(alpha=0.3)
        if f"val_{panel}" in names:
            axes.legend()
    buffer = BytesIO()
    figure.savefig(buffer, format="png", dpi=120)
    return buffer.getvalue()
