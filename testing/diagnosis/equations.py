"""The formulas in a class's docstring: the way forward, the way back, and the line that speaks of one array."""

import inspect
import re

from ...layers.core import Layer

__all__ = ["equation_of", "formulas"]


def formulas(kind: type, direction: str) -> tuple[str, ...]:
    """Return the formulas of a class line by line: those behind ``Gradients:``, or for "forward" those before it."""
    doc = inspect.getdoc(kind) or ""
    if direction == "backward":
        return _section(doc, "Gradients")
    return _section(doc, "Formula") or tuple(re.findall(r"``(\w+ = [^`]+)``", doc.split("\n\n")[0]))


def equation_of(layer: Layer, name: str) -> str:
    """Return what the docstring of a layer's class, or of the part of it that is named, says of one array.

    Example:
        >>> from chainrule.testing.diagnosis import equation_of
        >>> equation_of(Linear(3, 2), "weight.grad")
        'grad_weight = grad_out.T @ x, summed over the leading axes'
    """
    base = re.sub(r"\[\d+\]$", "", name)
    *path, last = base.removesuffix(".grad").split(".")
    owner = dict(layer.named_layers()).get(".".join(path), layer)
    if not base.startswith("grad") and not base.endswith(".grad"):
        return "; ".join(formulas(type(owner), "forward"))
    wanted = f"grad_{last}" if base.endswith(".grad") else base
    lines = formulas(type(owner), "backward")
    for index, line in enumerate(lines):
        found = re.match(r"([\w, ]+?)\s*=", line)
        words = [word.strip() for word in found[1].split(",")] if found else []
        if wanted in words or any(re.fullmatch(re.sub(r"\d", "", word) + r"_?\w*\d\w*", wanted) for word in words):
            more = [other for other in lines[index + 1:index + 2] if not re.match(r"[\w, ]+?\s*=", other)]
            return re.sub(r"\s*\(BP\d[^)]*\)", "", re.sub(r"\s+=", " =", " ".join([line, *more])))
    return ""


def _section(doc: str, title: str) -> tuple[str, ...]:
    found = re.search(rf"^{title}:(.*(?:\n(?:[ ]+.*)?)*)", doc, re.MULTILINE)
    return tuple(line.strip() for line in found[1].splitlines() if line.strip()) if found else ()
