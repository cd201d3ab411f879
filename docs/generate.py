"""Write what is made from sources and results: the layer table, configs/schema.json, numbers of docs/diagnosis.md."""

import inspect
import json
import re
import textwrap
from pathlib import Path

from chainrule import layers, losses, models, optim
from chainrule.experiments import dump_schema
from chainrule.layers.core import Layer
from chainrule.losses import Penalty
from chainrule.optim import Optimizer, Schedule
from chainrule.testing.mutants import FAMILIES, FORWARD_MUTANTS, MUTANTS, OPTIMIZER_MUTANTS

DOCS = Path(__file__).parent
ROOMS = {"layers": layers, "losses": losses, "optim": optim, "models": models}
KINDS = (Layer, Penalty, Optimizer, Schedule)
SECTIONS = ("Formula", "Shapes", "Attributes", "Gradients", "Cost", "Raises", "Source", "Example")

HEAD = """# All layers, losses and optimisers

Written by `docs/generate.py` from the docstrings; do not edit. After a change run `python docs/generate.py`.
"""


def layer_table() -> str:
    """Return the page, one table for each room."""
    parts = [HEAD]
    for room, module in ROOMS.items():
        steps = {name: getattr(module, name) for name in module.__all__}
        rows = [_row(name, step) for name, step in sorted(steps.items(), key=lambda item: item[0].casefold())
                if inspect.isclass(step) and issubclass(step, KINDS)]
        middle = "Gradients" if room != "optim" else "Formula"
        parts.append(f"\n## {room}\n\n| class | what it computes | {middle.lower()} | cost | source |\n"
                     f"|---|---|---|---|---|\n" + "".join(f"{row}\n" for row in rows))
    return "".join(parts)


def _row(name: str, step: type) -> str:
    docstring = inspect.cleandoc(step.__doc__ or "")
    first, sections = docstring.splitlines()[0], _sections(docstring)
    formulas = "<br>".join(_formulas(sections[part]) for part in ("Formula", "Gradients") if part in sections)
    cells = [f"[`{name}`]({_page(name)})", _prose(first), formulas,
             _prose(sections.get("Cost", "")), _prose(sections.get("Source", ""))]
    return f"| {' | '.join(cell or '–' for cell in cells)} |"


def _sections(docstring: str) -> dict[str, str]:
    """Return the text of every section; blanks stand for a heading on the first line, so that lines stay aligned."""
    headings = "|".join(SECTIONS)
    chunks = re.split(rf"\n(?=(?:{headings}):)|\n\n", docstring)
    found = ((match, chunk) for chunk in chunks if (match := re.match(rf"({headings}):( +|\n)", chunk)))
    return {match[1]: " " * len(match[0]) * (match[2] != "\n") + chunk[match.end():] for match, chunk in found}


def _formulas(text: str) -> str:
    """Return the formulas of a section: a line indented as the first begins one, others go on; then the sentences."""
    lines = [(len(line) - len(line.lstrip()), line.strip()) for line in text.splitlines()]
    formulas: list[str] = []
    for depth, line in lines:
        if depth == lines[0][0]:
            formulas.append(line)
        elif depth:
            formulas[-1] += f" {line}"
    return " ".join(["<br>".join(map(_code, formulas)), *(_prose(line) for depth, line in lines if not depth)])


def _page(name: str) -> str:
    """Return the page that writes about a class: the one with its name in a heading, else the first that has it."""
    pages = {page.relative_to(DOCS).as_posix(): page.read_text(encoding="utf-8") for page in sorted(DOCS.rglob("*.md"))
             if page.name not in ("layer_table.md", "README.md")}
    by_heading = (page for page, text in pages.items() if re.search(rf"^#.*\b{name}\b", text, re.M))
    order = sorted(pages, key=lambda page: not page.startswith(("layers/", "losses", "optim", "models")))
    mentions = (page for page in order if re.search(rf"`{name}\b", pages[page]))
    return next(by_heading, None) or next(mentions, "README.md")


def _prose(text: str) -> str:
    return re.sub(r"``(.*?)``", r"`\1`", " ".join(text.split())).replace("|", "\\|")


def _code(line: str) -> str:
    spaced = re.sub(" +=", " =", line.replace("``", ""))            # alignment is lost in a table
    return f"`{re.sub(' {2,}', '  ', spaced)}`".replace("|", "\\|")


def diagnosis() -> str:
    """Return docs/diagnosis.md with the numbers that ``python -m benchmarks.diagnosis`` has stored."""
    results = json.loads((DOCS.parent / "benchmarks" / "results" / "diagnosis.json").read_text(encoding="utf-8"))
    sizes = [len(MUTANTS), len(FORWARD_MUTANTS), len(OPTIMIZER_MUTANTS)]
    layers_right, layers_all = results["family"]["layers"]
    steps_right, steps_all = results["family"]["optimisers"]
    count = layers_all + steps_all
    paragraphs = [
        f"The dictionary has {sum(sizes)} named mistakes: {sizes[0]} wrong backwards, {sizes[1]} wrong forwards, "
        f"{sizes[2]} wrong optimiser steps. Asked on its own example each is wrong in at least one answer; of {count} "
        f"that were asked {results['named']} ({results['named'] / count:.1%}) get just their own name, and "
        f"{results['named too']} more their own and another that gives the same numbers on that example.",
        f"Each was also tried with its own entry taken out of the dictionary, as a mistake that nobody has foreseen. "
        f"Then the family is right for {layers_right} of {layers_all} layers' and losses' mistakes "
        f"({layers_right / layers_all:.0%}) and {steps_right} of {steps_all} optimisers' "
        f"({steps_right / steps_all:.0%}). Families overlap: a factor left out, a path forgotten and another formula "
        f"can be the same numbers. Rows are what it is, columns what was told:"]
    table = [f"| is \\ told | {' | '.join(FAMILIES)} |", f"|{'---|' * (len(FAMILIES) + 1)}"] + [
        f"| {' | '.join([family, *(str(told.get(other, '')) for other in FAMILIES)])} |"
        for family, told in results["confusion"].items()]
    written = "\n\n".join([*(textwrap.fill(each, 120) for each in paragraphs), "\n".join(table), ""])
    return re.sub(r"(?<=<!-- measured -->\n).*?(?=<!-- end -->)", lambda _: written,
                  (DOCS / "diagnosis.md").read_text(encoding="utf-8"), flags=re.DOTALL)


if __name__ == "__main__":
    (DOCS / "diagnosis.md").write_text(diagnosis(), encoding="utf-8", newline="\n")
    (DOCS / "layer_table.md").write_text(layer_table(), encoding="utf-8", newline="\n")
    (DOCS.parent / "configs" / "schema.json").write_text(dump_schema(), encoding="utf-8", newline="\n")
