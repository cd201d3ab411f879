"""Gradient flow against depth, as curves."""

from collections.abc import Mapping
from pathlib import Path

from ...layers.core import Size, ValueRangeError, check_size
from .measure import GradientFlow

__all__ = ["draw_flow"]

STYLES = ("-", "--", ":", "-.")


def draw_flow(flows: Mapping[str, GradientFlow | Mapping[str, GradientFlow]], path: str | Path,
              columns: Size = 3) -> Path:
    """Draw the spectral norm from each layer to the output against its depth, a curve for each network by name.

    Where a name stands for networks by name in turn, they have a panel of their own; panels stand in ``columns``, and
    curves of the same name look the same in all.

    Raises: ValueRangeError for another suffix than .svg, .png or .pdf.

    Example:
        >>> import tempfile
        >>> from chainrule.analysis.gradient_flow import deep_network, draw_flow, gradient_flow
        >>> flow = gradient_flow(deep_network(3, 4), np.ones((2, 4), np.float32))
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     draw_flow({"ReLU, He": flow}, f"{folder}/flow.svg").name
        'flow.svg'
    """
    from matplotlib import rc_context
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    path = Path(path)
    if path.suffix not in (".svg", ".png", ".pdf"):
        raise ValueRangeError(f"draw_flow expected a file that ends in .svg, .png or .pdf, got {path.name!r}")
    alone = {name: flow for name, flow in flows.items() if isinstance(flow, GradientFlow)}
    panels = ({"": alone} if alone else {}) | {name: dict(flow) for name, flow in flows.items()
                                               if not isinstance(flow, GradientFlow)}
    names = list(dict.fromkeys(name for panel in panels.values() for name in panel))
    across = min(check_size(columns, "columns", "draw_flow"), len(panels))
    down = -(-len(panels) // across)
    figure = Figure(figsize=(2.2 + 3.6 * across + 1.4 * (across == 1), 0.7 + 2.9 * down), layout="constrained")
    FigureCanvasAgg(figure)
    grid = figure.subplots(down, across, squeeze=False, sharex=True, sharey="row")
    for axes, (title, panel) in zip(grid.flat, panels.items(), strict=False):
        for name, flow in panel.items():
            depths = [index for index, layer in enumerate(flow.layers, start=1) if layer.to_output > 0]
            axes.plot(depths, [flow.layers[depth - 1].to_output for depth in depths], label=name, linewidth=1.4,
                      color=f"C{names.index(name) % 10}", linestyle=STYLES[names.index(name) // 10 % len(STYLES)])
        axes.axhline(1.0, color="grey", linewidth=0.6)
        axes.set(yscale="log", title=title)
    figure.supxlabel("layer, from the input to the output", fontsize=9)
    figure.supylabel("‖Jacobian‖ from here to the output", fontsize=9)
    lines = {line.get_label(): line for axes in grid.flat for line in axes.get_lines()}
    figure.legend([lines[name] for name in names], names, fontsize=7, loc="outside right center")
    with rc_context({"svg.hashsalt": "draw_flow", "svg.fonttype": "none"}):
        figure.savefig(path, metadata={"Date": None} if path.suffix == ".svg" else None)
    return path
