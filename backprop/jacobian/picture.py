"""Eliminations drawn as a sequence of graphs: what is left after each step, and what the steps cost."""

from collections.abc import Sequence
from pathlib import Path

from ...layers.core import ValueRangeError
from .graph import LinearizedGraph, Node

__all__ = ["draw_elimination"]


def draw_elimination(graph: LinearizedGraph, order: Sequence[Node], path: str | Path) -> Path:
    """Draw the graph, and what is left of it after each node of ``order``, side by side into a picture file.

    Inputs stand below, outputs above; the node that goes next is filled, edges that the last step made are thick.

    Raises: ValueRangeError for another suffix than .svg, .png or .pdf.

    Example:
        >>> from chainrule.backprop import LinearizedGraph, draw_elimination
        >>> graph = LinearizedGraph({("x", "u"): 2.0, ("u", "f"): 3.0, ("x", "f"): 1.0})
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     draw_elimination(graph, ["u"], f"{folder}/graph.svg").name
        'graph.svg'
    """
    from matplotlib import rc_context
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    path = Path(path)
    if path.suffix not in (".svg", ".png", ".pdf"):
        raise ValueRangeError(f"draw_elimination expected a file that ends in .svg, .png or .pdf, got {path.name!r}")
    places = _places(graph)
    figure = Figure(figsize=(2.2 * (len(order) + 1), 3.2), layout="constrained")
    FigureCanvasAgg(figure)
    rest, known = graph.copy(), set(graph.edges)
    for step, axes in enumerate(figure.subplots(1, len(order) + 1, squeeze=False)[0]):
        following = order[step] if step < len(order) else None
        for i, j in rest.edges:
            axes.annotate("", places[j], places[i], arrowprops={
                "arrowstyle": "-|>", "shrinkA": 11, "shrinkB": 11, "color": "black" if (i, j) in known else "tab:red",
                "linewidth": 1.0 if (i, j) in known else 2.2, "connectionstyle": "arc3,rad=0.08"})
        for node in {node for edge in rest.edges for node in edge}:
            colour = "tab:orange" if node == following else "white"
            axes.text(*places[node], str(node), ha="center", va="center", fontsize=9,
                      bbox={"boxstyle": "circle", "facecolor": colour, "edgecolor": "black"})
        axes.set(xlim=(-0.7, max(x for x, _ in places.values()) + 0.7), title=f"{rest.multiplications} so far",
                 ylim=(-0.5, max(y for _, y in places.values()) + 0.5))
        axes.axis("off")
        known = set(rest.edges)
        if following is not None:
            rest.eliminate(following)
    with rc_context({"svg.hashsalt": "draw_elimination", "svg.fonttype": "none"}):
        figure.savefig(path, metadata={"Date": None} if path.suffix == ".svg" else None)
    return path


def _places(graph: LinearizedGraph) -> dict[Node, tuple[float, float]]:
    """Return x and y of every node: as high as the longest path to it, side by side with those as high."""
    height = dict.fromkeys(graph.inputs, 0)
    for node in [*graph.between, *graph.outputs]:       # in the order of the graph
        height[node] = 1 + max(height[before] for before in graph.before(node))
    top = max(height.values())
    height |= dict.fromkeys(graph.outputs, top)
    rows: dict[int, list[Node]] = {}
    for node, row in height.items():
        rows.setdefault(row, []).append(node)
    widest = max(map(len, rows.values()))
    return {node: (index + (widest - len(row)) / 2 + 0.25 * (y % 2), float(y)) for y, row in rows.items()
            for index, node in enumerate(row)}
