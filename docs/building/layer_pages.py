"""A page for every layer, loss, penalty, optimiser and schedule: formula, derivation, shapes, cost, picture, check."""

import inspect
import json
import re
import runpy
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from posixpath import normpath, relpath
from typing import Any

import numpy as np
from gradient_numbers import STEPS, gradient_numbers

from chainrule.analysis import draw_network
from chainrule.layers.core import ChainruleError, Layer, flatten
from chainrule.losses import Loss
from chainrule.models import Sequential

__all__ = ["ROOMS", "layer_pages"]

DOCS = Path(__file__).parents[1]
TABLE = runpy.run_path(str(DOCS / "generate.py"))
ROOMS: dict[str, Any] = TABLE["ROOMS"]
HEADINGS = "|".join(TABLE["SECTIONS"])
METHODS = ("forward", "backward", "value", "slope", "apply", "adjoint", "terms", "terms_backward", "row_terms",
           "row_backward", "update", "factor")


def layer_pages() -> Iterator[tuple[str, str]]:
    """Yield where each page lies and its text, and of a table of contents for each room."""
    cases = examples()
    for room, module in ROOMS.items():
        kinds = {name: kind for name in module.__all__
                 if inspect.isclass(kind := getattr(module, name)) and issubclass(kind, TABLE["KINDS"])}
        rows = []
        for name, kind in sorted(kinds.items(), key=lambda item: item[0].casefold()):
            yield f"reference/{room}/{name}.md", page(name, kind, room, cases.get(name))
            rows.append(f"| [`{name}`]({name}.md) | {TABLE['_prose'](inspect.getdoc(kind).splitlines()[0])} |")
        heading = f"# {room}\n\n| class | what it computes |\n|---|---|\n"
        yield f"reference/{room}/index.md", heading + "\n".join(rows)


def examples() -> dict[str, Any]:
    """Return the first example of every class from the contract table."""
    found: dict[str, Any] = {}
    sys.path.append(str(DOCS.parent / "tests"))
    table = import_module("contract.examples")
    for name, case in table.EXAMPLES.items():
        found.setdefault(name.partition(":")[0], case)
    return found


def page(name: str, kind: type, room: str, case: Any) -> str:
    """Return the page of a class."""
    docstring = inspect.getdoc(kind) or ""
    sections = TABLE["_sections"](docstring)
    parts = [f"# {name}", prose(docstring.split("\n\n")[0]), f"`from chainrule.{room} import {name}`"]
    parts += [prose(part) for part in docstring.split("\n\n")[1:] if not re.match(rf"({HEADINGS}):", part)]
    for title in ("Formula", "Gradients"):
        if title in sections:
            parts += [f"## {title}", fenced(inspect.cleandoc("\n" + sections[title]))]
    for title in ("Shapes", "Attributes"):
        if title in sections:
            parts += [f"## {title}", table(sections[title])]
    parts += [f"**{title}:** {prose(' '.join(sections[title].split()))}" for title in ("Cost", "Raises", "Source")
              if title in sections]
    if case is not None and issubclass(kind, Layer) and not issubclass(kind, Loss):
        parts += picture(case) + check(case)
    parts += derivation(name, f"reference/{room}/{name}.md")
    if "Example" in sections:
        parts += ["## Example", fenced(inspect.cleandoc("\n" + sections["Example"]), "pycon")]
    return "\n\n".join([*parts, *source(kind)]) + "\n"


def prose(text: str) -> str:
    """Return text of a docstring as Markdown."""
    return re.sub(r"``(.*?)``", r"`\1`", text)


def fenced(text: str, language: str = "text") -> str:
    """Return a block of code."""
    return f"```{language}\n{text}\n```"


def table(section: str) -> str:
    """Return ``name: what`` lines as a table; a line that goes on is indented further."""
    rows: list[list[str]] = []
    for line in inspect.cleandoc("\n" + section).splitlines():
        if line[:1].strip() and ":" in line:
            rows.append([*map(str.strip, line.split(":", 1))])
        elif rows:
            rows[-1][1] += f" {line.strip()}"
        else:
            rows.append(["", line.strip()])
    cells = ["| " + " | ".join(f"`{cell}`" if not at and cell else prose(cell).replace("|", "\\|")
                               for at, cell in enumerate(row)) + " |" for row in rows]
    return "\n".join(["| | |", "|---|---|", *cells])


def inputs_of(case: Any) -> tuple[Any, ...]:
    """Return arrays for an example, in double precision."""
    rng = np.random.default_rng(0)

    def made(x: Any) -> Any:
        if isinstance(x, tuple):
            return rng.standard_normal(x) if all(isinstance(size, int) for size in x) else tuple(map(made, x))
        return np.asarray(x, float) if np.asarray(x).dtype.kind == "f" else np.asarray(x)

    inputs = made(case.x)
    return inputs if isinstance(inputs, tuple) else (inputs,)


def picture(case: Any) -> list[str]:
    """Return a drawing of an example, with the shapes that go in and come out."""
    layer = case.make()
    shapes = [array.shape[1:] for array in flatten(inputs_of(case))]
    try:
        drawn = draw_network(layer if len(shapes) > 1 or isinstance(layer, Sequential) else Sequential(layer), *shapes)
    except (ChainruleError, TypeError, ValueError, AttributeError):
        return []                       # layers that have no meaning alone
    return ["## Picture", f'<div class="picture">{drawn}</div>']


def check(case: Any) -> list[str]:
    """Return the interactive gradient check, with its numbers beside it as JSON."""
    try:
        numbers = gradient_numbers(case.make().astype(float), inputs_of(case))
    except (ChainruleError, TypeError, ValueError, AttributeError):
        return []
    if not numbers:
        return []
    data = json.dumps({"layer": repr(case.make()), "steps": STEPS, "arrays": numbers}).replace("<", "\\u003c")
    return ["## Gradient check", "What `backward` says against central differences of `(forward(x) * grad_out).sum()`, "
            "in double precision. Too large a step cuts the curve, too small a one drowns in rounding.",
            f'<div class="gradient-check"><script type="application/json">{data}</script></div>']


def derivation(name: str, here: str) -> list[str]:
    """Return what the family's page says: sections with the class in their heading, or all without another class."""
    where, others = TABLE["_page"](name), {each for module in ROOMS.values() for each in module.__all__}
    chunks = [chunk for chunk in re.split(r"^(?=## )", (DOCS / where).read_text(encoding="utf-8"), flags=re.M) if chunk]
    words = [set(re.findall(r"\w+", chunk.splitlines()[0])) for chunk in chunks]
    found = [chunk for chunk, heading in zip(chunks, words, strict=True) if name in heading] \
        or [chunk for chunk, heading in zip(chunks, words, strict=True) if not heading & others]
    body = "\n\n".join(re.sub(r"^#", "##", re.sub(r"\A# .*", "", chunk), flags=re.M).strip() for chunk in found)
    link = relpath(where, Path(here).parent.as_posix())
    origin = f"From [the page of its family]({link}), which has the context."
    return ["## Derivation", origin, rebased(body, where, here)]


def rebased(text: str, where: str, here: str) -> str:
    """Turn the links of a page into those that lead to the same places from another one."""
    def turned(found: re.Match[str]) -> str:
        target, _, anchor = found[1].partition("#")
        if "://" in target:
            return found[0]
        place = normpath(f"{Path(where).parent.as_posix()}/{target}") if target else where
        return f"]({relpath(place, Path(here).parent.as_posix())}{'#' * bool(anchor)}{anchor})"

    return re.sub(r"\]\(([^)\s]+)\)", turned, text)


def source(kind: type) -> list[str]:
    """Return the code of what the class itself writes down."""
    own = [vars(kind)[name] for name in METHODS if name in vars(kind)]
    texts = [inspect.cleandoc("\n" + inspect.getsource(method)) for method in own if inspect.isfunction(method)]
    return ["## Source", fenced("\n\n".join(texts), "python")] if texts else []
