"""Solutions taken out of source text: what stays is the name, the signature, the docstring with formulas and shapes."""

import ast
import re
from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

from ...layers.core import StateError
from .locating import Spot, definition_of, definitions

__all__ = ["BEYOND", "Blanked", "blank", "without_beyond", "without_methods"]

BEYOND = ("jvp", "backward_jvp", "curvature", "describe", "hvp", "terms_hvp", "row_hvp")
"""Methods of a class that say half of the answer and that no part asks for, unless it is named."""

_BEGIN, _END = re.compile(r"\s*# BEGIN SOLUTION\b"), re.compile(r"\s*# END SOLUTION\b")


class _Span(NamedTuple):
    """Lines ``start`` to ``stop`` of a text, counted from zero, the latter not among them."""

    start: int
    stop: int


class Blanked(NamedTuple):
    """A text without its solutions.

    Attributes:
        text:    what is left
        removed: the lines of solutions
        used:    the names and attributes that they read
    """

    text: str
    removed: tuple[str, ...]
    used: frozenset[str]


def blank(text: str, spots: Iterable[Spot]) -> Blanked:
    """Return the text without the code at the spots, which are all in it.

    Each place raises NotImplementedError instead, with the name of what is missing.

    Example:
        >>> from chainrule.course.source import Spot, blank
        >>> source = "def area(r):\\n    '''The area of a circle.'''\\n    return 3.14 * r * r\\n"
        >>> blanked = blank(source, [Spot("circle.py", ("area",), "circle.area")])
        >>> print(blanked.text, blanked.removed)
        def area(r):
            '''The area of a circle.'''
            raise NotImplementedError("circle.area")
         ('    return 3.14 * r * r',)
    """
    lines, tree, removed, spots = text.splitlines(), ast.parse(text), list[str](), list(spots)
    gaps: dict[_Span, list[str]] = {}
    for spot in spots:
        for span, first, name in _solutions(lines, tree, spot):
            indent = lines[first - 1][:len(lines[first - 1]) - len(lines[first - 1].lstrip())]
            gaps[span] = [f'{indent}raise NotImplementedError("{name}")']
        if len(spot.path) > 1:
            owner = definition_of(tree, spot.path[:1])
            asked = {other.path[-1] for other in spots if other.path[:1] == spot.path[:1]}
            gaps.update({_whole(method): [] for method in (owner.body if owner else [])
                         if isinstance(method, ast.FunctionDef) and method.name in BEYOND and method.name not in asked})
    for span in sorted(gaps, reverse=True):
        removed[:0] = lines[span.start:span.stop] if gaps[span] else []     # what is beyond is no solution
        start = span.start
        while not gaps[span] and not lines[start - 1].strip():      # the empty lines above a method go with it
            start -= 1
        lines[start:span.stop] = gaps[span]
    used = frozenset(name for node in ast.walk(tree) if any(span.start < getattr(node, "lineno", 0) <= span.stop
                                                            for span in gaps) for name in _read(node))
    return Blanked("\n".join(lines) + "\n", tuple(removed), used)


def without_beyond(text: str, spots: Iterable[Spot]) -> str:
    """Return the text with its solutions, but without what no part asks for, as ``blank`` leaves it out."""
    spots = list(spots)
    asked = {spot.path[:1]: {other.path[-1] for other in spots if other.path[:1] == spot.path[:1]}
             for spot in spots if len(spot.path) > 1}
    for path, names in asked.items():
        text = without_methods(Blanked(text, (), frozenset()), path, set(BEYOND) - names).text
    return text


def without_methods(blanked: Blanked, path: tuple[str, ...], names: Collection[str]) -> Blanked:
    """Return the same without some methods of a class, which count as solutions too."""
    text, removed, used = blanked
    lines, owner = text.splitlines(), definition_of(ast.parse(text), path)
    for node in reversed(owner.body if owner else []):
        if isinstance(node, ast.FunctionDef) and node.name in names:
            start, stop = _whole(node)
            removed += tuple(lines[node.lineno:stop])
            while not lines[start - 1].strip():
                start -= 1
            del lines[start:stop]
    return Blanked("\n".join(lines) + "\n", removed, used)


def _read(node: ast.AST) -> tuple[str, ...]:
    return (node.id,) if isinstance(node, ast.Name) else (node.attr,) if isinstance(node, ast.Attribute) else ()


def _solutions(lines: list[str], tree: ast.Module, spot: Spot) -> Iterator[tuple[_Span, int, str]]:
    """Yield the lines of a spot that are the solution, a line that is indented as they are, and what they are."""
    node = definition_of(tree, spot.path) if spot.path else None
    whole = _Span(node.lineno - 1, node.end_lineno or 0) if node is not None else _Span(0, len(lines))
    regions = [region for region in _regions(lines, spot.file) if whole.start <= region.start < whole.stop]
    if regions:
        yield from ((region, region.start + 1, _name_at(tree, region, spot)) for region in regions)
    elif isinstance(node, ast.ClassDef):
        for method in node.body:
            if isinstance(method, ast.FunctionDef):
                yield _body_span(lines, method), method.body[0].lineno, f"{spot.name}.{method.name}"
    elif node is not None:
        yield _body_span(lines, node), node.body[0].lineno, spot.name
    else:
        raise StateError(f"{spot.name} is a whole file, and {spot.file} has no # BEGIN SOLUTION … # END SOLUTION")


def _name_at(tree: ast.Module, region: _Span, spot: Spot) -> str:
    """Return the name of the innermost function around a region."""
    around = [path for path, node in definitions(tree) if node.lineno <= region.start < (node.end_lineno or 0)]
    return spot.name.removesuffix(".".join(spot.path)) + ".".join(around[-1]) if around and spot.path else spot.name


def _regions(lines: list[str], file: str) -> Iterator[_Span]:
    begin: int | None = None
    for number, line in enumerate(lines):
        if _BEGIN.match(line):
            if begin is not None:
                raise StateError(f"{file}:{number + 1}: # BEGIN SOLUTION again, without # END SOLUTION before it")
            begin = number
        elif _END.match(line):
            if begin is None:
                raise StateError(f"{file}:{number + 1}: # END SOLUTION without # BEGIN SOLUTION")
            yield _Span(begin, number + 1)
            begin = None
    if begin is not None:
        raise StateError(f"{file}:{begin + 1}: # BEGIN SOLUTION without # END SOLUTION")


def _body_span(lines: list[str], function: ast.FunctionDef) -> _Span:
    """Return the lines of a function's body behind its docstring."""
    if function.body[0].lineno == function.lineno:
        raise StateError(f"{function.name} stands on one line; write its body on lines of its own")
    documented = ast.get_docstring(function) is not None
    start = function.body[0].end_lineno if documented else _end_of_signature(lines, function)
    return _Span(start or 0, function.end_lineno or 0)


def _end_of_signature(lines: list[str], function: ast.FunctionDef) -> int:
    nodes = (*ast.walk(function.args), function.returns)
    last = max(getattr(node, "end_lineno", None) or function.lineno for node in nodes)
    while not re.search(r":\s*(#.*)?$", lines[last - 1]):
        last += 1
    return last


def _whole(method: ast.FunctionDef) -> _Span:
    first = min([method.lineno, *(decorator.lineno for decorator in method.decorator_list)])
    return _Span(first - 1, method.end_lineno or 0)
