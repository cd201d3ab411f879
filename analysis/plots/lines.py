"""Curves over the epochs of a run, in one small picture with its legend."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from .scale import Scale, show
from .svg import element, path, text

__all__ = ["Curve", "draw_lines", "shade"]

WIDTH, HEIGHT = 360, 210
LEFT, RIGHT, TOP, BOTTOM = 46, 10, 10, 24
MOST_POINTS = 300       # of a curve: more than a phone has columns for


@dataclass(frozen=True)
class Curve:
    """A curve, and how it looks; ``points`` are pairs of epoch and value, None where there is none.

    Attributes:
        color:  any that CSS knows
        marked: the epoch that a ring is drawn around
    """

    label: str
    points: Sequence[tuple[float, float | None]]
    color: str
    marked: float | None = None


def shade(index: int, count: int) -> str:
    """Return the colour of one of several layers, from blue (near the input) over violet to orange (near the output).

    Example:
        >>> from chainrule.analysis.plots.lines import shade
        >>> shade(0, 3), shade(2, 3)
        ('hsl(215 70% 56%)', 'hsl(390 70% 56%)')
    """
    return f"hsl({215 + 175 * index / max(count - 1, 1):.0f} 70% 56%)"


def draw_lines(curves: Sequence[Curve], *, log: bool = False, band: tuple[float, float] | None = None,
               title: str = "") -> str:
    """Return curves as an SVG and a legend with their last values; ``band`` is a range of values that is shaded.

    Example:
        >>> from chainrule.analysis.plots import Curve, draw_lines
        >>> draw_lines([Curve("loss", [(1, 2.0), (2, 1.0)], "blue")])[:4]
        '<svg'
    """
    known = [(x, y) for curve in curves for x, y in curve.points if _shown(y, log)]
    if not known:
        return "<p class='quiet'>nothing to draw yet</p>"
    across = Scale(min(x for x, _ in known), max(max(x for x, _ in known), min(x for x, _ in known) + 1),
                   LEFT, WIDTH - RIGHT)
    up = Scale.around([*(float(y or 0) for _, y in known), *(band or ())], HEIGHT - BOTTOM, TOP, log)
    parts = [*_grid(across, up)]
    if band is not None:
        parts.append(element("rect", x=LEFT, y=up(band[1]), width=WIDTH - LEFT - RIGHT, height=up(band[0]) -
                             up(band[1]), class_="band"))
    for curve in curves:
        parts += _drawn(curve, across, up)
    picture = element("svg", *parts, viewBox=f"0 0 {WIDTH} {HEIGHT}", role="img", aria_label=title or "curves")
    return picture + _legend(curves)


def _shown(y: float | None, log: bool) -> bool:
    return y is not None and math.isfinite(y) and (y > 0 or not log)


def _grid(across: Scale, up: Scale) -> list[str]:
    parts = []
    for tick in up.ticks(4):
        parts += [element("line", x1=LEFT, x2=WIDTH - RIGHT, y1=up(tick), y2=up(tick), class_="grid"),
                  text(show(tick), LEFT - 6, up(tick) + 3.5, text_anchor="end")]
    for tick in across.ticks(5):
        if tick == int(tick):
            parts.append(text(show(tick), across(tick), HEIGHT - 6, text_anchor="middle"))
    return parts


def _drawn(curve: Curve, across: Scale, up: Scale) -> list[str]:
    stride = math.ceil(len(curve.points) / MOST_POINTS)
    thinned = [*curve.points[:-1:stride], *curve.points[-1:]]
    stretches: list[list[tuple[float, float]]] = [[]]
    for x, y in thinned:
        if y is not None and _shown(y, up.log):
            stretches[-1].append((across(x), up(y)))
        elif stretches[-1]:
            stretches.append([])
    parts = []
    for stretch in filter(None, stretches):
        if len(stretch) == 1:
            parts.append(element("circle", cx=stretch[0][0], cy=stretch[0][1], r=3, fill=curve.color))
        else:
            parts.append(element("path", d=path(stretch), stroke=curve.color, class_="curve"))
    at = next((y for x, y in curve.points if x == curve.marked), None)
    if curve.marked is not None and at is not None and _shown(at, up.log):
        parts.append(element("circle", element("title", f"best: {show(at)} in epoch {show(curve.marked)}"),
                             cx=across(curve.marked), cy=up(at), r=4.5, stroke=curve.color, class_="ring"))
    return parts


def _legend(curves: Sequence[Curve]) -> str:
    keys = []
    for curve in curves:
        last = next((y for _, y in reversed(curve.points) if y is not None), None)
        value = "" if last is None else f" <b>{show(last)}</b>"
        keys.append(f'<span><i style="background:{curve.color}"></i>{escape(curve.label)}{value}</span>')
    return f'<p class="legend">{"".join(keys)}</p>'
