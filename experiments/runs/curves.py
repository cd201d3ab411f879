"""The curves of runs as a picture: one panel for each quantity, training and validation together."""

from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any

__all__ = ["draw_comparison"]

Rows = Sequence[Mapping[str, Any]]


def draw_comparison(histories: Mapping[str, Rows], title: str) -> bytes:
    """Return a PNG of what runs recorded, one mapping of names to numbers for each epoch, by the names of the runs.

    ``val_loss`` is drawn into the panel of ``loss``, with dashes, and so for every name.

    Example:
        >>> from chainrule.experiments.runs.curves import draw_comparison
        >>> runs = {"a": [{"epoch": 1, "loss": 2.0}], "b": [{"epoch": 1, "val_loss": 1.0}]}
        >>> draw_comparison(runs, "two runs")[1:4]
        b'PNG'
    """
    from matplotlib.figure import Figure  # slow, and needed here only; Figure alone draws without a screen

    found = {name.removeprefix("val_"): None for rows in histories.values() for row in rows
             for name, value in row.items() if name not in ("epoch", "seconds") and _is_number(value)}
    panels = list(found) or ["loss"]
    figure = Figure(figsize=(4.5 * len(panels), 3.5 + 0.35 * len(histories)), layout="constrained")
    figure.suptitle(title)
    for axes, panel in zip(figure.subplots(1, len(panels), squeeze=False)[0], panels, strict=True):
        for index, (run, rows) in enumerate(histories.items()):
            for name, style in ((panel, "-"), (f"val_{panel}", "--")):
                points = [(row["epoch"], row[name]) for row in rows if _is_number(row.get(name))]
                if points:
                    axes.plot(*zip(*points, strict=True), label=run, color=f"C{index}", linestyle=style,
                              marker="." if len(points) < 50 else "")
        axes.set(xlabel="epoch", ylabel=panel.replace("_", " "))
        axes.grid(alpha=0.3)
    lines = {str(line.get_label()): line for axes in figure.axes for line in reversed(axes.lines)}
    shown = [name for name in histories if name in lines]
    figure.legend([lines[name] for name in shown], shown, loc="outside lower left")
    buffer = BytesIO()
    figure.savefig(buffer, format="png", dpi=120)
    return buffer.getvalue()


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
