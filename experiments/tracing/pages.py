"""A trace as text and as one HTML page."""

from collections.abc import Sequence
from html import escape
from textwrap import indent

import numpy as np

from ...layers.core import Array, show_shape
from .trace import Step, show_values

__all__ = ["trace_html", "trace_text"]


def trace_text(steps: Sequence[Step]) -> str:
    """Return the steps as text: head, formulas, the same with numbers, what is kept, arrays with their norms."""
    return "\n".join(_block(step) for step in steps)


def _block(step: Step) -> str:
    lines = [f"{step.direction}  {step.path or '-'}  {step.layer}", *(f"    {line}" for line in step.formula),
             *(f"    {line}" for line in step.numbers)]
    if step.cache:
        lines.append(f"  keeps {', '.join(f'{name} {shape}' for name, shape in step.cache)}")
    for name, array in step.arrays:
        values = show_values(array)
        norm = f"  norm {_norm(array)}" if array.size > 1 and array.dtype.kind == "f" else ""
        head = f"  {name} {show_shape(array.shape)}"
        lines.append(f"{head}{norm}\n{indent(values, '    ')}" if "\n" in values else f"{head}  {values}{norm}")
    return "\n".join(lines) + "\n"


def trace_html(steps: Sequence[Step], title: str, drawing: str = "", verdict: str = "") -> str:
    """Return the steps as a page that needs nothing else; ``drawing`` is the circuit, ``verdict`` a comparison."""
    parts = [HEAD.format(title=escape(title))]
    if verdict:
        parts.append(f"<p class=verdict>{escape(verdict)}</p>\n")
    if drawing:
        parts.append(f"<pre class=circuit>{escape(drawing)}</pre>\n")
    parts += [_section(number, step) for number, step in enumerate(steps, 1)]
    return "".join([*parts, "</main>\n"])


def _section(number: int, step: Step) -> str:
    formula = "".join(f"<code>{escape(line)}</code><br>" for line in step.formula)
    numbers = "".join(f"<code class=numbers>{escape(line)}</code><br>" for line in step.numbers)
    kept = f"<p>keeps {escape(', '.join(f'{name} {shape}' for name, shape in step.cache))}</p>" if step.cache else ""
    rows = "".join(f"<tr><th>{escape(name)}<td>{escape(show_shape(array.shape))}<td>{escape(_norm(array))}"
                   f"<td><pre>{escape(show_values(array))}</pre>\n" for name, array in step.arrays)
    return (f"<section class={step.direction}><h2>{number} {step.direction} <b>{escape(step.layer)}</b> "
            f"<small>{escape(step.path)}</small></h2>\n<p>{formula}{numbers}</p>{kept}\n"
            f"<table><tr><th>array<th>shape<th>norm<th>values\n{rows}</table></section>\n")


def _norm(array: Array) -> str:
    return f"{float(np.linalg.norm(array)):.4g}" if array.dtype.kind == "f" else ""


HEAD = """<!doctype html>
<html lang=en><meta charset=utf-8><title>{title}</title>
<style>
body {{ font: 15px/1.4 system-ui, sans-serif; color: #222; background: #fff; margin: 0 }}
main {{ max-width: 60em; margin: auto; padding: 1em }}
section {{ border-left: 4px solid #4878a8; padding: 0 1em; margin: 1.5em 0 }}
section.backward {{ border-color: #b5651d }}
h2 {{ font-size: 1.1em; font-weight: normal }}
.numbers {{ color: #555 }}
table {{ border-collapse: collapse }} th, td {{ text-align: left; padding: .15em .8em .15em 0; vertical-align: top }}
pre {{ margin: 0; overflow-x: auto }}
.verdict {{ background: #fff3cd; padding: .6em 1em }}
</style>
<main><h1>{title}</h1>
"""
