"""The page of a run: one HTML file that needs nothing else, neither network nor script."""

from collections.abc import Mapping, Sequence
from html import escape
from importlib.resources import files
from typing import Any

import numpy as np

from ...layers.core import Layer, Shape, flatten
from ...losses import Loss
from ..drawing import draw_network
from ..plots import show
from .answers import answers_section
from .card import card, section
from .curves import best_epoch, curves_section
from .filters import filters_section
from .flow import flow_section
from .layers import layers_section
from .plane import plane_section
from .samples import Samples, judge

__all__ = ["report_page"]

LAST_ROWS = 100     # of the history, as a table
REFRESH = 20        # seconds after which a page loads itself anew while its run goes on


def report_page(title: str, rows: Sequence[Mapping[str, Any]], model: Layer, samples: Samples | None = None, *,
                loss: Loss | None = None, status: str = "", epochs: int | None = None, running: bool = False,
                result: Mapping[str, Any] | None = None, input_shapes: tuple[Shape, ...] | None = None) -> str:
    """Return the page of a run.

    ``rows`` are those of a History, with what LayerStatistics adds to them; ``samples`` are what answers are shown of;
    ``result`` holds what was found on test data, as ``test_…``. Whatever the run does not have (classes, pictures,
    data in the plane) is left out. ``input_shapes``, without the batch axis, are for the drawing of a network without
    samples. While a run is ``running``, the page loads itself anew every 20 seconds.

    Example:
        >>> from chainrule.analysis import Samples, report_page
        >>> model = mlp([2, 8, 2])
        >>> history = model.fit(*spirals(90, 2)[:], loss=CrossEntropyLoss(), optimizer=Adam(model.parameters()),
        ...                     epochs=3, verbose=0)
        >>> page = report_page("spirals", history.rows, model, Samples(*spirals(90, 2)[:]), loss=CrossEntropyLoss())
        >>> page.startswith("<!DOCTYPE html>"), "decision boundary" in page
        (True, True)
    """
    judgement = None if samples is None else judge(model, samples, loss)
    shapes = input_shapes or (None if samples is None else tuple(each.shape[1:] for each in flatten(samples.x)))
    sections = [curves_section(rows), layers_section(rows, model)]
    if samples is not None and judgement is not None:
        sections += [flow_section(model, judgement.x), answers_section(judgement, samples.name),
                     plane_section(model, judgement), filters_section(model, judgement.x)]
    if shapes is not None:
        graph = f'<div class="scroll">{draw_network(model, *shapes)}</div>'
        sections.append(section("The network", [card(type(model).__name__, graph, columns=3)]))
    sections.append(_table(rows))
    refresh = f'<meta http-equiv="refresh" content="{REFRESH}">' if running else ""
    style = files(__package__).joinpath("style.css").read_text(encoding="utf-8")
    return (f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width='
            f'device-width, initial-scale=1">{refresh}<link rel="icon" href="data:,"><title>{escape(title)}</title>\n'
            f"<style>\n{style}</style></head>\n<body><header><h1>{escape(title)}</h1>"
            f'<p class="quiet">{escape(status)}</p>{_facts(rows, model, epochs, result or {})}</header>\n'
            f"{''.join(sections)}<footer>written by Chainrule</footer></body></html>\n")


def _facts(rows: Sequence[Mapping[str, Any]], model: Layer, epochs: int | None, result: Mapping[str, Any]) -> str:
    """Return what one wants to know first, as large numbers."""
    facts = [(name.replace("_", " "), show(value)) for name, value in result.items()
             if name.startswith("test_") and isinstance(value, (int, float))]
    if rows:
        facts.append(("epoch", f"{rows[-1]['epoch']}" + (f" / {epochs}" if epochs else "")))
        judged = [name for name in rows[-1] if name.startswith("val_")] or [
            name for name in rows[-1] if name not in ("epoch", "lr", "seconds", "layers")]
        for name in judged[:3]:
            value, best = rows[-1][name], best_epoch(rows, name)
            if isinstance(value, (int, float)):
                at = next((row[name] for row in rows if row["epoch"] == best), value)
                words = name.replace("val_", "validation ").replace("_", " ")
                facts.append((words, show(value)) if best is None or best == rows[-1]["epoch"] else
                             (f"{words}; best {show(at)}, epoch {show(best)}", show(value)))
        seconds = sum(row.get("seconds") or 0.0 for row in rows)
        facts.append(("training time", f"{seconds:.1f} s" if seconds < 100 else f"{seconds / 60:.0f} min"))
    facts.append(("parameters", f"{sum(each.size for each in model.parameters()):,}"))
    tiles = "".join(f"<div><b>{value}</b><span>{escape(name)}</span></div>" for name, value in facts)
    return f'<div class="facts">{tiles}</div>'


def _table(rows: Sequence[Mapping[str, Any]]) -> str:
    names = list(dict.fromkeys(name for row in rows for name, value in row.items() if isinstance(value, (int, float))))
    if not names:
        return ""
    head = "".join(f"<th>{escape(name)}</th>" for name in names)
    body = "".join(f"<tr>{''.join(f'<td>{_cell(row.get(name))}</td>' for name in names)}</tr>"
                   for row in reversed(rows[-LAST_ROWS:]))
    which = "all epochs" if len(rows) <= LAST_ROWS else f"the last {LAST_ROWS} of {len(rows)} epochs"
    table = f"<details><summary>{which}, latest first</summary><div class='scroll'><table><tr>{head}</tr>{body}" \
            f"</table></div></details>"
    return section("Numbers", [f'<article class="card c3">{table}</article>'])


def _cell(value: Any) -> str:
    return show(float(value)) if isinstance(value, (int, float, np.number)) else ""
