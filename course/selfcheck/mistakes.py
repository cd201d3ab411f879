"""Whether the right version of every part scores full marks, and every named mistake of it less."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from ...layers.core import Parameter
from ...testing.mutants import FORWARD_MUTANTS, MUTANTS, OPTIMIZER_MUTANTS
from ..asking import answer, question
from ..assignment import Assignment, Example, Part
from ..handout import Built
from ..mistakes import known_mistakes, mistakes_of
from ..names import names_of, own_modules
from ..seeds import seed_of
from ..verdict import verdict
from ..visible import read_test

__all__ = ["faults_of_reference", "unseen_mistakes"]

_ON_THE_WAY_BACK = {mutant.name for mutant in MUTANTS}
_OF_LIBRARY = _ON_THE_WAY_BACK | {mutant.name for mutant in FORWARD_MUTANTS}


def faults_of_reference(assignment: Assignment) -> Iterator[str]:
    """Yield what is wrong with the right version itself: it must answer, do so again alike, and reach all targets."""
    names = names_of(assignment, assignment.folder)
    for name, part in assignment.parts.items():
        for number, example in enumerate(part.examples):
            asked = question(part, example, seed_of(assignment.seed, "selfcheck", name, number), names)
            expected = answer(part, example, asked, names)
            if "once/error" in expected:
                yield f"{name}: the reference itself raises {expected['once/error']}"
                continue
            found = verdict(assignment, name, example, asked, expected, answer(part, example, asked, names))
            if not found.passed:
                yield f"{name}: the reference does not score full marks: {found}"


def unseen_mistakes(built: Built) -> Iterator[str]:
    """Yield the named mistakes in graded parts that cost nothing in any part, each with an example that shows it."""
    assignment = built.assignment
    names, possible = names_of(assignment, assignment.folder), dict[str, str]()
    seen = {known.name for path, data in built.handout.items() if path.startswith("visible/")
            for known in read_test(data).known}
    for name, number, part, example in _examples(assignment):
        asked = question(part, example, seed_of(assignment.seed, "selfcheck", name, number), names)
        own = part.target.partition(".")[0] in own_modules(assignment)      # such a class may do less
        possible |= {mistake.name: name for mistake in mistakes_of(assignment, part, example, asked, names)
                     if not own or mistake.name not in _OF_LIBRARY
                     if part.compares == "all" or mistake.name not in _ON_THE_WAY_BACK}
    for name, number, part, example in _examples(assignment):
        if possible.keys() - seen:      # hidden examples may show more; what only shows in ways left out is left out
            asked = question(part, example, seed_of(assignment.seed, "selfcheck", name, number), names)
            whole = replace(part, leave_out=())
            seen |= {known.name for known in known_mistakes(assignment, whole, example, asked, names, seen)}
    yield from (f"{name}: no example shows the mistake {mistake!r}{_hint(mistake)}"
                for mistake, name in possible.items() if mistake not in seen)


def _examples(assignment: Assignment) -> Iterator[tuple[str, int, Part, Example]]:
    for name, part in assignment.parts.items():
        for number, example in enumerate(part.examples if part.accuracy is None else ()):
            yield name, number, part, example


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
