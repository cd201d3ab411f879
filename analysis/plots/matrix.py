"""A confusion matrix as a picture: rows are the classes wanted, columns those predicted."""

from collections.abc import Sequence
from html import escape

import numpy as np

from ...layers.core import Array
from .image import draw_image
from .svg import element, number, text

__all__ = ["draw_confusion"]

MOST_WRITTEN = 24       # classes whose counts can be read
SIDE, TOP = 360, 26
LARGEST_CELL = 70
LETTER = 6.5
LONGEST_NAME = 12


def draw_confusion(matrix: Array, names: Sequence[str]) -> str:
    """Return counts ``matrix[wanted, predicted]`` as coloured cells: right ones blue, wrong ones red, each as strong
    as its share of its row. Above 24 classes the cells are pixels.

    Example:
        >>> from chainrule.analysis.plots import draw_confusion
        >>> draw_confusion(np.array([[5, 1], [0, 4]]), ["no", "yes"])[:4]
        '<svg'
    """
    shares = matrix / np.maximum(matrix.sum(axis=1, keepdims=True), 1)
    if len(matrix) > MOST_WRITTEN:
        return draw_image(_pixels(shares), "confusion matrix", class_="picture")
    left = 14 + LETTER * min(max(3, *map(len, names)), LONGEST_NAME)
    cell = min((SIDE - left) / len(matrix), LARGEST_CELL)
    right = left + max(cell * len(matrix), 110)
    parts = [text("predicted →", right, 9, text_anchor="end"), text("wanted ↓", 0, 9)]
    for row, name in enumerate(names):
        middle = (row + 0.5) * cell
        parts += [text(_short(name, LONGEST_NAME), left - 5, TOP + middle + 4, text_anchor="end", class_="name"),
                  text(_short(name, int(cell / LETTER)), left + middle, TOP - 5, text_anchor="middle", class_="name")]
        for column, share in enumerate(shares[row]):
            count = int(matrix[row, column])
            kind = "right" if row == column else "wrong"
            strength = (0.12 + 0.88 * share) if count else 0.04 if row == column else 0
            words = f"wanted {escape(name)}, predicted {escape(names[column])}: {count:,}"
            parts.append(element("rect", element("title", words), x=left + column * cell + 0.75,
                                 y=TOP + row * cell + 0.75, width=cell - 1.5, height=cell - 1.5, rx=3,
                                 class_=kind, fill_opacity=float(strength)))
            if count:
                parts.append(text(f"{count:,}", left + (column + 0.5) * cell, TOP + middle + 4, text_anchor="middle",
                                  class_="count strong" if share > 0.5 else "count"))
    return element("svg", *parts, viewBox=f"0 0 {SIDE} {number(TOP + cell * len(matrix))}", role="img",
                   aria_label="confusion matrix", class_="confusion")


def _pixels(shares: Array) -> Array:
    diagonal = np.eye(len(shares), dtype=bool)[..., None]
    color = np.where(diagonal, np.array([38, 108, 196]), np.array([214, 64, 44]))
    return np.dstack([color, np.rint(255 * np.sqrt(shares))]).astype(np.uint8)


def _short(name: str, most: int) -> str:
    return name if len(name) <= most else f"{name[:max(most - 1, 1)]}…"
