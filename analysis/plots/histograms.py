"""Histograms of one thing at several moments, one before the other like hills: the latest stands in front."""

from collections.abc import Sequence
from dataclasses import dataclass

from .scale import Scale, show
from .svg import element, path, text

__all__ = ["Histogram", "draw_histograms"]

WIDTH, HEIGHT = 180, 130
TOP, BOTTOM = 48, 18
MOST = 8        # hills in a picture


@dataclass(frozen=True)
class Histogram:
    """How many values lie in each of the bins of equal width between ``low`` and ``high``, at one moment."""

    moment: float
    low: float
    high: float
    counts: Sequence[float]


def draw_histograms(histograms: Sequence[Histogram], color: str, title: str = "") -> str:
    """Return up to eight of the histograms as hills, evenly chosen; areas are equal, so heights are densities.

    Example:
        >>> from chainrule.analysis.plots import Histogram, draw_histograms
        >>> draw_histograms([Histogram(1, -1.0, 1.0, [1, 2, 1])], "blue")[:4]
        '<svg'
    """
    chosen = [histograms[round(index * (len(histograms) - 1) / (MOST - 1))] for index in range(MOST)] \
        if len(histograms) > MOST else list(histograms)
    low, high = min(each.low for each in chosen), max(each.high for each in chosen)
    low, high = (low, high) if high > low else (low - 0.5, high + 0.5)
    across = Scale(low, high, 4, WIDTH - 4)
    tallest = max(max(_densities(each, high - low)) for each in chosen)
    parts = [text(show(value), across(value), HEIGHT - 4, text_anchor=anchor)
             for value, anchor in ((low, "start"), (high, "end"))]
    if low < 0 < high and min(across(0) - 4, WIDTH - 4 - across(0)) > 40:
        parts.append(text("0", across(0), HEIGHT - 4, text_anchor="middle"))
    for index, each in enumerate(chosen):
        depth = index / max(len(chosen) - 1, 1)
        base = TOP + (HEIGHT - BOTTOM - TOP) * (depth if len(chosen) > 1 else 1)
        parts.append(element("path", element("title", f"epoch {show(each.moment)}: {show(each.low)} to "
                                             f"{show(each.high)}"),
                             d=path(_outline(each, across, base, 46 / tallest, high - low), closed=True),
                             stroke=color, class_="hill", style=f"--depth:{15 + 75 * depth:.0f}%;--hue:{color}"))
    return element("svg", *parts, viewBox=f"0 0 {WIDTH} {HEIGHT}", role="img", aria_label=title or "histograms")


def _densities(histogram: Histogram, whole: float) -> list[float]:
    """Return counts as shares, and where the bins are narrow against the whole, as much higher."""
    narrow = whole / ((histogram.high - histogram.low) or whole)
    count = sum(histogram.counts) or 1
    return [value / count * narrow for value in histogram.counts]


def _outline(histogram: Histogram, across: Scale, base: float, tall: float, whole: float) -> list[tuple[float, float]]:
    densities = _densities(histogram, whole)
    width = (histogram.high - histogram.low) / len(densities)
    return [(across(across.low), base), (across(histogram.low), base),
            *((across(histogram.low + (index + 0.5) * width), base - tall * density)
              for index, density in enumerate(densities)), (across(histogram.high), base), (across(across.high), base)]
