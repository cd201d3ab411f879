"""The layers over time: gradients, updates, and how the weights are distributed."""

from collections.abc import Mapping, Sequence
from typing import Any

from ...layers.core import Layer
from ..plots import Curve, Histogram, draw_histograms, draw_lines, shade
from .card import card, figure, section

__all__ = ["layers_section"]

MOST_LAYERS = 24    # that are drawn; of more, so many evenly chosen

GRADIENT = ("Blue is near the input, orange near the output. Lines that fan out by orders of magnitude say that the "
            "gradient vanishes or explodes on its way back.")
RATIO = ("How far a step moves a layer, against the size of its weights. Near 0.001 (grey) training does well; far "
         "below it stands still, far above it jumps about: the learning rate is the knob.")
HILLS = "Each hill is an epoch, the latest in front. The numbers are the range over all of them."


def layers_section(rows: Sequence[Mapping[str, Any]], model: Layer | None) -> str:
    """Return the cards made of what LayerStatistics put into the rows; nothing where it did not."""
    looked = [row for row in rows if row.get("layers")]
    known = [(path, found) for row in looked for path, found in row["layers"].items()]
    paths = list(dict.fromkeys(path for path, found in known if "histogram" in found)) or list(
        dict.fromkeys(path for path, _ in known))       # norms only where there is nothing else
    if len(paths) > MOST_LAYERS:
        paths = [paths[round(index * (len(paths) - 1) / (MOST_LAYERS - 1))] for index in range(MOST_LAYERS)]
    if not paths:
        return ""
    titles = {} if model is None else {path: type(layer).__name__ for path, layer in model.named_layers()}
    names = {path: f"{path} {titles.get(path, '')}".strip() or "whole network" for path in paths}
    gradient, ratio = (draw_lines([Curve(names[path], _points(looked, path, what), shade(index, len(paths)))
                                   for index, path in enumerate(paths)], log=True, band=band, title=what)
                       for what, band in (("grad_norm", None), ("update_ratio", (3e-4, 3e-3))))
    hills = [figure(draw_histograms(found, shade(index, len(paths)), names[path]), names[path].removeprefix(path), path)
             for index, path in enumerate(paths) if (found := _histograms(looked, path))]
    cards = [card("norm of the gradient", gradient, GRADIENT), card("update / weights", ratio, RATIO)]
    if hills:
        cards.append(card("distribution of the weights", f'<div class="small">{"".join(hills)}</div>', HILLS,
                          columns=1 if len(hills) <= 6 else 3))
    return section("Layers", cards)


def _points(rows: Sequence[Mapping[str, Any]], path: str, what: str) -> list[tuple[float, float | None]]:
    return [(row["epoch"], row["layers"].get(path, {}).get(what)) for row in rows]


def _histograms(rows: Sequence[Mapping[str, Any]], path: str) -> list[Histogram]:
    found = [(row["epoch"], row["layers"].get(path, {}).get("histogram")) for row in rows]
    return [Histogram(epoch, values[0], values[1], values[2:]) for epoch, values in found
            if values and None not in values[:2]]
