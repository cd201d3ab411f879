"""What students read: the text as a page of HTML, and the notebook form of the handout."""

import json
from collections.abc import Mapping
from html import escape

from markdown_it import MarkdownIt

from ..assignment import Assignment
from ..source import Spot
from .mathematics import formulas

__all__ = ["notebook", "page"]

_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>
body {{ max-width: 46rem; margin: 2rem auto; padding: 0 1rem; font: 1.05rem/1.55 Georgia, serif; color: #222; }}
code, pre {{ font: 0.9rem/1.45 ui-monospace, Consolas, monospace; background: #f5f5f0; }}
pre {{ padding: 0.8rem; overflow-x: auto; font-size: 0.8rem; }}
code {{ padding: 0.1rem 0.2rem; }}
table {{ border-collapse: collapse; margin: 1rem 0; }}
math {{ font-size: 1.05em; }}
math[display="block"] {{ margin: 1rem 0; overflow-x: auto; overflow-y: hidden; }}
td, th {{ border: 1px solid #ccc; padding: 0.25rem 0.7rem; text-align: left; }}
</style>
</head>
<body>
{body}</body>
</html>
"""


def page(assignment: Assignment, text: str, spots: Mapping[str, Spot]) -> str:
    """Return the text of an assignment, Markdown, as a page, with a table of its parts and how to begin."""
    whole = _whole(assignment, text, spots)
    return _PAGE.format(title=escape(assignment.title),
                        body=MarkdownIt("commonmark").enable("table").use(formulas).render(whole))


def notebook(assignment: Assignment, text: str, files: Mapping[str, bytes], spots: Mapping[str, Spot]) -> str:
    """Return a notebook with the text, and for every part the file it is in and its visible tests."""
    cells = [_cell("markdown", _whole(assignment, text, spots)),
             _cell("markdown", "Every cell that begins with `%%writefile` is a file of the handout: write your "
                               "solution there and run the cell, which saves it; then run the check below it."),
             _cell("code", "import sys")]
    seen: set[str] = set()
    for name, part in assignment.parts.items():
        cells.append(_cell("markdown", f"## {part.title or name} ({part.points:g} points)"))
        file = spots[name].file
        if file not in seen:
            cells.append(_cell("code", f"%%writefile {file}\n{files[file].decode()}"))
            seen.add(file)
        cells.append(_cell("code", f"!{{sys.executable}} -m chainrule assignment check {name}"))
    written = [{**cell, "id": f"cell-{number}"} for number, cell in enumerate(cells)]
    python = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return json.dumps({"cells": written, "metadata": {"kernelspec": python}, "nbformat": 4, "nbformat_minor": 5},
                      indent=1, ensure_ascii=False) + "\n"


def _whole(assignment: Assignment, text: str, spots: Mapping[str, Spot]) -> str:
    """Return the text with a heading and the table of its parts."""
    title = "" if text.lstrip().startswith("# ") else f"# {assignment.title}\n\n"
    return f"{title}{text}\n\n{_parts(assignment, spots)}"


def _parts(assignment: Assignment, spots: Mapping[str, Spot]) -> str:
    rows = [f"| {part.title or f'`{name}`'} | `{spots[name].file}` | {part.points:g} |"
            for name, part in assignment.parts.items()]
    files = ", ".join(f"`{file}`" for file in dict.fromkeys(spot.file for spot in spots.values()))
    return "\n".join(["## Parts and points", "", "| part | where | points |", "|---|---|---|", *rows, "",
                      "`python -m chainrule assignment check` runs the visible tests, `python -m pytest` runs them as "
                      "tests; both need nothing but NumPy (and pytest). Name parts behind `check` to run these alone. "
                      f"Hand in {files}, and what else the text asks for."])


def _cell(kind: str, source: str) -> dict[str, object]:
    lines = source.splitlines(keepends=True)
    code: dict[str, object] = {"execution_count": None, "outputs": []} if kind == "code" else {}
    return {"cell_type": kind, "metadata": {}, **code, "source": lines}
