"""The picture of docs/second_order.md: how far each method came, by passes over the data or by seconds."""

from pathlib import Path

import numpy as np

__all__ = ["draw"]

PICTURE = Path("docs", "pictures", "second_order.svg")
AXES = {"passes": ("passes over the data", "squared error of a picture"), "curve": ("seconds", "squared error"),
        "logistic": ("seconds", "loss above the lowest")}


def draw(stored):
    """Draw errors against passes or seconds; of several rates, all in one pale colour."""
    from matplotlib import pyplot
    figure, panels = pyplot.subplots(1, 3, figsize=(12, 3.6), layout="constrained")
    for panel, (problem, (x_label, y_label)) in zip(panels, AXES.items(), strict=True):
        lowest = min(points[-1][1] for points in stored[problem].values()) if problem == "logistic" else 0
        for name, points in stored[problem].items():
            first_order = name.startswith(("SGD", "Adam"))
            at, value = np.array(points).T[[0, 2 if problem == "passes" else 1]]
            panel.plot(at, np.maximum(value - lowest, 1e-11), label=name, zorder=1 if first_order else 2,
                       color="0.7" if first_order else None)
        panel.set(yscale="log", xlabel=x_label, ylabel=y_label, title=problem)
        panel.legend(fontsize=7)
    figure.savefig(PICTURE)
