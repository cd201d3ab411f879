"""What a generative model draws, as files: the numbers, and a picture of them beside the data."""

from collections.abc import Mapping
from io import BytesIO
from math import isqrt
from typing import Any

import numpy as np

from ...layers.core import Array

__all__ = ["keep_samples"]

COLUMNS, ROWS = 8, 8


def keep_samples(samples: Array, beside: Mapping[str, Array]) -> dict[str, bytes]:
    """Return ``samples.npz`` with all samples, and ``samples.png`` with the first of them, what is ``beside`` first.

    Pictures (N, H, W) or (N, 1, H, W), flat ones of a square number of pixels too, are laid out in a grid, points
    (N, 2) as a cloud; of other samples there is no picture.

    Example:
        >>> from chainrule.experiments.tasks.samples import keep_samples
        >>> sorted(keep_samples(np.zeros((5, 2)), {"data": np.ones((7, 2))}))
        ['samples.npz', 'samples.png']
    """
    file = BytesIO()
    np.savez(file, samples=samples)
    picture = _draw({**beside, "samples": samples})
    return {"samples.npz": file.getvalue()} | ({} if picture is None else {"samples.png": picture})


def _draw(clouds: Mapping[str, Array]) -> bytes | None:
    from matplotlib.figure import Figure  # slow, and needed here only; Figure alone draws without a screen

    grids = {name: _grid(samples) for name, samples in clouds.items()}
    points = all(samples.ndim == 2 and samples.shape[1] == 2 for samples in clouds.values())
    if not points and any(grid is None for grid in grids.values()):
        return None
    figure = Figure(figsize=(4 * len(clouds), 4.3), layout="constrained")
    panels: list[Any] = list(figure.subplots(1, len(clouds), squeeze=False, sharex=points, sharey=points)[0])
    for axes, (name, samples) in zip(panels, clouds.items(), strict=True):
        axes.set_title(name)
        axes.set_aspect("equal")
        if points:
            axes.scatter(*samples.T, s=4, alpha=0.4, linewidths=0)
        else:
            axes.imshow(grids[name], cmap="gray", vmin=0, vmax=1)
            axes.set_axis_off()
    buffer = BytesIO()
    figure.savefig(buffer, format="png", dpi=100)
    return buffer.getvalue()


def _grid(samples: Array) -> Array | None:
    """Return the first pictures as one, with a black line between them; None for what is no picture."""
    if samples.ndim == 2 and samples.shape[1] > 4 and isqrt(samples.shape[1])**2 == samples.shape[1]:
        samples = samples.reshape(len(samples), isqrt(samples.shape[1]), -1)
    if samples.ndim == 4 and samples.shape[1] == 1:
        samples = samples[:, 0]
    if samples.ndim != 3:
        return None
    shown = np.zeros((ROWS * COLUMNS, *samples.shape[1:]), samples.dtype)
    shown[:len(samples)] = samples[:len(shown)]
    height, width = (size + 1 for size in shown.shape[1:])
    padded = np.pad(shown, ((0, 0), (0, 1), (0, 1)))
    # (rows, columns, H, W) -> (rows, H, columns, W)
    return padded.reshape(ROWS, COLUMNS, height, width).swapaxes(1, 2).reshape(ROWS * height, COLUMNS * width)
