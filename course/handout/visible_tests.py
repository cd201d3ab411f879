"""The visible tests of a handout: asked here of the right version and of all known mistakes, kept as arrays."""

from collections.abc import Iterator
from dataclasses import replace

from ...layers.core import StateError, message
from ..asking import answer, question
from ..assignment import Assignment, Example, Part
from ..mistakes import known_mistakes
from ..names import Names, names_of
from ..packing import Arrays
from ..seeds import seed_of
from ..visible import VisibleTest, path_of, written

__all__ = ["as_handed_out", "visible_tests"]


def as_handed_out(assignment: Assignment) -> Assignment:
    """Return what the handout may know of an assignment: no hidden examples, no file of mistakes."""
    parts = {name: replace(part, examples=[each for each in part.examples if part.visible and each.visible])
             for name, part in assignment.parts.items()}
    return replace(assignment, parts=parts, mistakes="", file=None)


def visible_tests(assignment: Assignment) -> Iterator[tuple[str, bytes]]:
    """Yield path and bytes of every visible test."""
    names = names_of(assignment, assignment.folder)
    for name, part in as_handed_out(assignment).parts.items():
        for number, example in enumerate(part.examples):
            asked = _asked(name, part, example, seed_of(assignment.seed, "visible", name, number), names)
            known = known_mistakes(assignment, part, example, asked, names) if part.accuracy is None else []
            test = VisibleTest(asked, answer(part, example, asked, names), tuple(known))
            yield path_of(name, number), written(test)


def _asked(name: str, part: Part, example: Example, seed: int, names: Names) -> Arrays:
    try:
        return question(part, example, seed, names)
    except Exception as error:      # whatever a teacher's words come to
        said = example.make or example.call
        raise StateError(f"{name}: {said!r} can not be asked: {type(error).__name__}: {message(error)}") from error
