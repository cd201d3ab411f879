"""Whether every named mistake in a part costs something."""

import ast
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from ...layers.core import Parameter, nearest
from ...testing.mutants import FORWARD_MUTANTS, MUTANTS, OPTIMIZER_MUTANTS
from ..asking import question
from ..assignment import Assignment, Example, Part
from ..handout import Built
from ..mistakes import known_mistakes, mistakes_of
from ..names import Names, names_of, own_modules
from ..packing import Arrays
from ..seeds import seed_of
from ..source.locating import definitions
from ..verdict import verdict
from ..visible import read_test

__all__ = ["Tried", "misnamed", "try_mistakes"]

_ON_THE_WAY_BACK = {mutant.name for mutant in MUTANTS}
_OF_LIBRARY = _ON_THE_WAY_BACK | {mutant.name for mutant in FORWARD_MUTANTS}


class Tried(NamedTuple):
    """The named mistakes in graded parts.

    Attributes:
        mistakes: all of them, each with a part that it is in
        caught:   those that cost something somewhere
        excused:  those of the library's classes that own ones of the same names may be unable to make
    """

    mistakes: dict[str, str]
    caught: set[str]
    excused: set[str]

    def problems(self) -> Iterator[str]:
        """Yield the mistakes that cost nothing, each with an example that shows it."""
        yield from (f"{name}: no example shows the mistake {mistake!r}{_hint(mistake)}"
                    for mistake, name in self.mistakes.items() if mistake not in self.caught | self.excused)

    def __str__(self) -> str:
        excused = self.excused - self.caught
        return (f"{len(self.mistakes)} known mistakes tried, {len(self.mistakes.keys() & self.caught)} caught"
                f"{f'; {len(excused)} can not be made in classes of your own' if excused else ''}")


def try_mistakes(built: Built) -> Tried:
    """Ask all named mistakes in graded parts what these parts are asked."""
    assignment = built.assignment
    names, tried = names_of(assignment, assignment.folder), Tried({}, set(), set())
    tried.caught.update(known.name for path, data in built.handout.items() if path.startswith("visible/")
                        for known in read_test(data).known)
    for name, part, example, asked in _questions(assignment, names):
        own = part.target.partition(".")[0] in own_modules(assignment)      # such a class may do less
        for mistake in mistakes_of(assignment, part, example, asked, names):
            if part.compares == "outputs" and mistake.name in _ON_THE_WAY_BACK:
                continue
            tried.mistakes[mistake.name] = name
            if own and mistake.name in _OF_LIBRARY:
                tried.excused.add(mistake.name)
            if part.accuracy is not None and not verdict(
                    assignment, name, example, asked, {}, mistake.answers()).passed:
                tried.caught.add(mistake.name)
    for _, part, example, asked in _questions(assignment, names):
        if part.accuracy is None and tried.mistakes.keys() - tried.caught - tried.excused:
            whole = replace(part, leave_out=())     # what only shows in ways left out is left out
            tried.caught.update(known.name for known in known_mistakes(
                assignment, whole, example, asked, names, tried.caught))
    return tried


def misnamed(built: Built) -> Iterator[str]:
    """Yield the functions among a teacher's mistakes whose names say of nothing what is wrong with it."""
    assignment = built.assignment
    if not assignment.mistakes:
        return
    written = {".".join(path) for file in assignment.folder.glob("*.py") if file.name != assignment.mistakes
               for path, node in definitions(ast.parse(file.read_text(encoding="utf-8")))
               if isinstance(node, ast.FunctionDef)}
    targets = {part.target.partition(".")[2] for part in assignment.parts.values()}
    known = sorted(f"{name.replace('.', '_')}_" for name in written | targets if name)
    for path, node in definitions(ast.parse((assignment.folder / assignment.mistakes).read_text(encoding="utf-8"))):
        name = path[0]
        if isinstance(node, ast.FunctionDef) and not name.startswith(("_", *known)):
            yield (f"{assignment.mistakes}: {name} begins with the name of no function or method here"
                   f"{nearest(name, [each + name[len(each):] for each in known])}; known: {', '.join(known)}")


def _questions(assignment: Assignment, names: Names) -> Iterator[tuple[str, Part, Example, Arrays]]:
    for name, part in assignment.parts.items():
        for number, example in enumerate(part.examples):
            yield name, part, example, question(
                part, example, seed_of(assignment.seed, "selfcheck", name, number), names)


def _hint(name: str) -> str:
    """Return an example on which a mistake shows, as an assignment has it."""
    mutant = next((each for each in (*FORWARD_MUTANTS, *MUTANTS) if each.name == name), None)
    rule = next((each for each in OPTIMIZER_MUTANTS if each.name == name), None)
    if mutant is not None:
        x = ", ".join(_drawn(each) for each in mutant.subject.arguments())
        return f'; add the example {{make: "{mutant.subject.make()!r}", x: [{x}]}}'
    if rule is not None:
        options = rule.make([Parameter([0.0])]).defaults
        said = ", ".join(f"{option}={value!r}" for option, value in options.items())
        return f'; add the example {{make: "{rule.kind.__name__}(params, {said})"}}'
    return "; add one, or take the mistake out"


def _drawn(value: Any) -> str:
    if isinstance(value, np.ndarray):
        shape = list(value.shape)
        return f'"rng.integers({value.max() + 1}, size={shape})"' if value.dtype.kind in "iu" else str(shape)
    return f"[{', '.join(map(_drawn, value))}]" if isinstance(value, tuple) else str(value)
