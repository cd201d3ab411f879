"""Gradient flow against depth, as curves."""

from collections.abc import Mapping
from pathlib import Path

from ...layers.core import ValueRangeError
from .measure import GradientFlow

__all__ = ["draw_flow"]


def draw_flow(flows: Mapping[str, GradientFlow], path: str | Path) -> Path:
    """Draw the spectral norm from each layer to the output against its depth, a curve for each network by name.

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
    figure = Figure(figsize=(7.2, 4.2), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots()
    for name, flow in flows.items():
        depths = [index for index, layer in enumerate(flow.layers, start=1) if layer.to_output > 0]
        axes.plot(depths, [flow.layers[depth - 1].to_output for depth in depths], label=name, linewidth=1.4)
    axes.axhline(1.0, color="grey", linewidth=0.6)
    axes.set(yscale="log", xlabel="layer, from the input to the output", ylabel="‖Jacobian‖ from here to the output")
    axes.legend(fontsize=7, loc="center left", bbox_to_anchor=(1.0, 0.5))
    with rc_context({"svg.hashsalt": "draw_flow", "svg.fonttype": "none"}):
        figure.savefig(path, metadata={"Date": None} if path.suffix == ".svg" else None)
    return path
