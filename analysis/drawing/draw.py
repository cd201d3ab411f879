"""A network as a drawing of its graph: boxes, arrows, shapes."""

from html import escape

from ...layers.core import Layer, Shape
from ..plots import element, number, text
from .flow import Flow, Node, flow_of
from .layout import Layout, lay_out

__all__ = ["draw_network"]

ROW, PADDING, GAP, RISE = 19.0, 6.0, 18.0, 30.0
WIDTHS = {"input": 110.0, "output": 110.0, "sum": 44.0, "layer": 236.0}
LONGEST = 30        # characters of a title that fit
STYLE = """
.network { width: auto; max-width: none; margin: 0 auto; }
.network text { font: 11px system-ui, sans-serif; fill: var(--quiet, #6a7386); }
.network .title { font-size: 12px; fill: var(--ink, #1d2330); }
.network .box { fill: var(--card, #fff); stroke: var(--boxline, #b9c7e2); }
.network .trained { fill: var(--box, #f4f7fd); stroke: var(--blue, #2f6fd6); }
.network .input, .network .output, .network .sum { fill: var(--page, #f5f6f8); }
.network .edge { fill: none; stroke: var(--edge, #8b96a8); stroke-width: 1.25; }
.network .tip { fill: var(--edge, #8b96a8); }
"""


def draw_network(model: Layer, *input_shapes: Shape) -> str:
    """Return a network for inputs of these shapes, given without the batch axis, as SVG.

    Sequential, Graph, Parallel and Residual are taken apart, every other layer is one row of a box: what it is, the
    shape it gives, how many parameters it has. Colours are CSS variables, which a page may set.

    Example:
        >>> from chainrule.analysis import draw_network
        >>> draw_network(mlp([64, 32, 10]), (64,))[:4]
        '<svg'
    """
    flow = flow_of(model, *input_shapes)
    layout = lay_out([WIDTHS[node.kind] for node in flow.nodes], flow.edges, GAP)
    heights = [_height(node) for node in flow.nodes]
    rank_heights = [max((height for height, rank in zip(heights, layout.ranks, strict=True) if rank == each),
                        default=0.0) for each in range(max(layout.ranks) + 1)]
    tops = [sum(rank_heights[:rank]) + rank * RISE for rank in range(len(rank_heights))]
    parts = [_edge(flow, layout, edge, heights, tops, rank_heights) for edge in flow.edges]
    for node, middle, rank, height in zip(flow.nodes, layout.middles, layout.ranks, heights, strict=True):
        parts.append(_box(node, middle + 1, tops[rank] + (rank_heights[rank] - height) / 2 + 1, height))
    width, height = layout.width + 2, tops[-1] + rank_heights[-1] + 2
    return element("svg", element("style", STYLE), *parts, viewBox=f"0 0 {number(width, 1)} {number(height, 1)}",
                   width=round(width), height=round(height), role="img", aria_label=f"graph of {type(model).__name__}",
                   class_="network", xmlns="http://www.w3.org/2000/svg")


def _height(node: Node) -> float:
    rows = len(node.rows)
    return 26.0 if node.kind != "layer" and rows == 1 else rows * ROW + 2 * PADDING + (14.0 if node.count else 0.0)


def _edge(flow: Flow, layout: Layout, edge: tuple[int, int], heights: list[float], tops: list[float],
          rank_heights: list[float]) -> str:
    source, target = edge
    ranks = layout.ranks
    x, y = layout.middles[source] + 1, tops[ranks[source]] + (rank_heights[ranks[source]] + heights[source]) / 2 + 1
    way = f"M{number(x, 1)} {number(y, 1)}"
    stops = [(lane + 1, tops[rank] + 1, tops[rank] + rank_heights[rank] + 1) for rank, lane in
             enumerate(layout.lanes[edge], ranks[source] + 1)]
    end = tops[ranks[target]] + (rank_heights[ranks[target]] - heights[target]) / 2 - 4
    for stop, top, bottom in [*stops, (layout.middles[target] + 1, end, end)]:
        middle = (y + top) / 2
        way += f"C{number(x, 1)} {number(middle, 1)} {number(stop, 1)} {number(middle, 1)} {number(stop, 1)} " \
               f"{number(top, 1)}V{number(bottom, 1)}"
        x, y = stop, bottom
    return element("path", d=way, class_="edge") + element(
        "path", d=f"M{number(x - 4, 1)} {number(y - 2, 1)}l4 6l4 -6z", class_="tip")


def _box(node: Node, middle: float, top: float, height: float) -> str:
    width = WIDTHS[node.kind]
    left = middle - width / 2
    parts = [element("title", escape("\n".join(f"{title} → {shape}" for title, shape in node.rows))),
             element("rect", x=left, y=top, width=width, height=height, rx=13 if node.kind != "layer" else 8,
                     class_=f"box {node.kind}{' trained' if node.count else ''}")]
    if node.kind == "layer" or len(node.rows) > 1:
        for index, (title, shape) in enumerate(node.rows):
            y = top + PADDING + 14 + index * ROW
            parts += [text(_short(title, LONGEST - len(shape)), left + 10, y, class_="title"),
                      text(shape, left + width - 10, y, text_anchor="end", class_="shape")]
        if node.count:
            words = f"{node.count:,} parameters"
            parts.append(text(_short(f"{node.name}  ·  {words}" if node.name else words, 34), left + 10,
                              top + height - PADDING - 3, class_="shape"))
    else:
        (title, shape), = node.rows
        label = title if node.kind == "sum" else f"{title}  {shape}"
        parts.append(text(_short(label, 18), middle, top + 17.5, text_anchor="middle", class_="title"))
    return element("g", *parts)


def _short(title: str, most: int) -> str:
    return title if len(title) <= most else f"{title[:most - 1]}…"
