"""The picture of docs/second_order.md: how far each method came, by passes over the data or by seconds."""

from pathlib import Path

import numpy as np

__all__ = ["draw"]

PICTURE = Path("docs", "pictures", "second_order.svg")
PANELS = {      # title, x, y, and the column of y in what is stored
    "passes": ("the autoencoder by passes", "passes over the data", "squared error of a picture", 2),
    "autoencoder": ("the autoencoder by time", "seconds", "loss above the lowest", 1),
    "adding": ("two numbers among 100 steps", "seconds", "mean squared error", 1),
    "logistic": ("logistic regression", "seconds", "loss above the lowest", 1),
    "curve": ("a small curve", "seconds", "squared error", 1),
}


def draw(stored):
    """Draw errors against passes or seconds; SGD and Adam, at all rates, in one pale colour."""
    from matplotlib import pyplot
    pyplot.rcParams["svg.hashsalt"] = "second_order"
    figure, panels = pyplot.subplots(2, 3, figsize=(13, 7), layout="constrained")
    for panel, (problem, (title, x_label, y_label, column)) in zip(panels.flat, PANELS.items(), strict=False):
        ends = [points[-1][column] for points in stored[problem].values()]
        lowest = min(ends) if "lowest" in y_label else 0
        for name, points in stored[problem].items():
            first_order = name.startswith(("SGD", "Adam"))
            at, value = np.array(points).T[[0, column]]
            panel.plot(at, np.maximum(value - lowest, 1e-11), label=name, zorder=1 if first_order else 2,
                       color="0.7" if first_order else None)
        panel.set(yscale="log", xlabel=x_label, ylabel=y_label, title=title)
        panel.legend(fontsize=6)
    panels[1, 2].axis("off")
    figure.savefig(PICTURE, metadata={"Date": None})
