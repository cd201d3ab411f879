"""Write what is made from the sources: the table of all layers, docs/layer_table.md, and configs/schema.json."""

import inspect
import re
from pathlib import Path

from chainrule import layers, losses, models, optim
from chainrule.experiments import dump_schema
from chainrule.layers.core import Layer
from chainrule.losses import Penalty
from chainrule.optim import Optimizer, Schedule

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


if __name__ == "__main__":
    (DOCS / "layer_table.md").write_text(layer_table(), encoding="utf-8", newline="\n")
    (DOCS.parent / "configs" / "schema.json").write_text(dump_schema(), encoding="utf-8", newline="\n")
