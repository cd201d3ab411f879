"""An assignment's file read: every key held against the schema, every name against the parts, before anything runs."""

import ast
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from ...experiments.binding import Builder
from ...experiments.document import ConfigError, Node, Position, Problem, read_config
from ...layers.core import nearest
from ...testing.diagnosis.answers import WAYS
from ..own_files import own_file
from ..seeds import seed_of
from .schema import Assignment, Example, Part

__all__ = ["load_assignment"]


def load_assignment(path: str | Path) -> Assignment:
    """Return the assignment in a YAML file, with what parts leave out filled in.

    Raises: ConfigError with all that is wrong with it, by line and column.
    """
    path = Path(path)
    root = read_config(path)
    assignment: Assignment = Builder(root).section(root, Assignment, "")
    chosen = [alternatives[seed_of(assignment.seed, "variant", number) % len(alternatives)]
              for number, alternatives in enumerate(assignment.variants) if alternatives]
    parts = {name: part for some in (*chosen, assignment.parts) for name, part in some.items()}
    whole = replace(assignment, file=path.absolute(), parts=_filled(assignment, parts), variants=[])
    problems = list(_problems(root, whole))
    if problems:
        raise ConfigError(problems)
    return whole


def _filled(assignment: Assignment, parts: dict[str, Part]) -> dict[str, Part]:
    filled: dict[str, Part] = {}
    for name, part in parts.items():
        target = part.target or name
        owner, _, member = target.rpartition(".")
        siblings = [other for other in filled if filled[other].target.rpartition(".")[0] == owner]
        forward = any(filled[other].compares == "outputs" for other in siblings)
        compares = part.compares or ("outputs" if _FORWARD & set(member.split("_"))
                                     else "gradients" if forward else "all")
        before = filled[siblings[-1]].examples if siblings else []
        needs = tuple(siblings) if part.needs is None and compares != "outputs" else part.needs or ()
        leave_out = assignment.leave_out if part.leave_out is None else part.leave_out
        filled[name] = replace(part, target=target, examples=part.examples or before, needs=needs, compares=compares,
                               leave_out=leave_out)
    return filled


_FORWARD = {"forward", "value", "terms"}


def _problems(root: Node, assignment: Assignment) -> Iterator[Problem]:
    if not assignment.parts:
        yield Problem(root.position, "parts", "an assignment has at least one part")
    seen: list[str] = []
    for name, part in assignment.parts.items():
        where = _place_of(root, name) or root.position
        for text in _of_part(name, part, seen):
            yield Problem(where, f"parts.{name}", text)
        seen.append(name)
    folder = assignment.folder
    for key, files in (("text", (assignment.text,)), ("mistakes", (assignment.mistakes,)), ("files", assignment.files)):
        for file in filter(None, files):
            if not own_file(folder, file).is_file():
                node = root.value[key].node if isinstance(root.value, dict) else root
                neighbours = (entry.name for entry in folder.iterdir())
                yield Problem(node.position, key, f"no file {file!r} beside it{nearest(file, neighbours)}")


def _place_of(node: Node, name: str) -> Position | None:
    """Return where a key of that name stands, wherever it is."""
    if isinstance(node.value, dict) and name in node.value:
        return node.value[name].key_position
    return next(filter(None, (_place_of(child, name) for child in node.children())), None)


def _of_part(name: str, part: Part, before: list[str]) -> Iterator[str]:
    if not part.examples:
        yield "no examples, and no part of the same class before it that has some"
    for need in part.needs or ():
        if need not in before:
            yield f"needs {need!r}, which is no part before it{nearest(need, before)}"
    for way in part.leave_out or ():
        if way not in WAYS:
            yield f"leaves out {way!r}, which is no way of asking{nearest(way, WAYS)}; known: {', '.join(WAYS)}"
    for number, example in enumerate(part.examples):
        yield from (f"examples.{number}: {text}" for text in _of_example(part, example))


def _of_example(part: Part, example: Example) -> Iterator[str]:
    if bool(example.make) == bool(example.call):
        yield "expected either 'make', a layer, loss or optimiser, or 'call', a call of a function"
    if example.call and example.x:
        yield "'x' belongs to 'make'; a 'call' has 'arguments'"
    if part.accuracy is not None and "labels" not in example.arguments:
        yield "accuracy is counted against the argument 'labels', which is missing"
    expressions = [example.make, example.call, *(draw for draw in (*example.x, *example.arguments.values())
                                                 if isinstance(draw, str))]
    for expression in filter(None, expressions):
        try:
            ast.parse(expression, mode="eval")
        except SyntaxError as error:
            yield f"{expression!r} is no expression of Python: {error.msg}"
