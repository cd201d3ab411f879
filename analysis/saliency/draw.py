"""Explanations side by side in one picture: a row for every sample, a column for every method."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from ...layers.core import Array, ShapeError, ValueRangeError, show_shape

__all__ = ["draw_explanations"]

ENDINGS = (".png", ".svg", ".pdf")


def draw_explanations(x: Array, masks: Mapping[str, Array], path: str | Path, names: Sequence[str] = ()) -> Path:
    """Draw samples, and beside each one its masks by method, into a picture file.

    Red speaks for the class, blue against it; each mask has its own scale. ``names`` stand before the rows. Samples of
    one axis are drawn as bars.

    Shapes:
        x:     (N, C, H, W) or (N, F)
        masks: as ``x``

    Raises: ValueRangeError for another suffix than .png, .svg or .pdf, ShapeError for samples of other shapes.

    Example:
        >>> import tempfile
        >>> from chainrule.analysis.saliency import draw_explanations, gradient
        >>> x = digits().x[:1]
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     mask = gradient(Sequential(Flatten(), Linear(64, 10)), x)
        ...     draw_explanations(x, {"gradient": mask}, f"{folder}/digit.png").name
        'digit.png'
    """
    from matplotlib import rc_context
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    path = Path(path)
    if path.suffix not in ENDINGS:
        raise ValueRangeError(f"draw_explanations expected a file that ends in {', '.join(ENDINGS)}, got {path.name!r}")
    if x.ndim not in (2, 4) or any(mask.shape != x.shape for mask in masks.values()):
        raise ShapeError(f"draw_explanations expected samples (N, C, H, W) or (N, F) and masks of their shape, got "
                         f"{', '.join(show_shape(each.shape) for each in (x, *masks.values()))}")
    figure = Figure(figsize=(1.5 * (len(masks) + 1), 1.5 * len(x) + 0.45), layout="constrained")
    FigureCanvasAgg(figure)
    grid = figure.subplots(len(x), len(masks) + 1, squeeze=False)
    for row, axes in enumerate(grid):
        for place, (title, values) in zip(axes, {"input": x, **masks}.items(), strict=True):
            mask = values[row]
            if mask.ndim == 1:
                place.bar(np.arange(len(mask)), mask, color=np.where(mask < 0, "tab:blue", "tab:red"), width=1.0)
            elif title == "input":
                place.imshow(_picture(mask), cmap="gray")
            else:
                flat, size = mask.sum(axis=0), float(np.abs(mask.sum(axis=0)).max()) or 1.0
                place.imshow(flat, cmap="RdBu_r", vmin=-size, vmax=size)
            place.set(xticks=[], yticks=[])
            if row == 0:
                place.set_title(title.replace("_", "\n", 1).replace("_", " "), fontsize=8)
        if names:
            axes[0].set_ylabel(names[row], fontsize=8)
    with rc_context({"svg.hashsalt": "draw_explanations", "svg.fonttype": "none"}):
        figure.savefig(path, dpi=110, metadata={"Date": None} if path.suffix == ".svg" else None)
    return path


def _picture(image: Array) -> Array:
    """Return (C, H, W) as (H, W) or, of three channels, (H, W, 3), from 0 to 1."""
    low, high = float(image.min()), float(image.max())
    scaled = (image - low) / ((high - low) or 1.0)
    return np.asarray(scaled.transpose(1, 2, 0) if len(image) == 3 else scaled.mean(axis=0))
