"""The mistakes that are known of a part: those of the dictionary, and those that a teacher writes beside it."""

import inspect
import re
from collections.abc import Callable, Collection, Iterator
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from ..layers.core import Layer, StateError, UnknownNameError
from ..testing.diagnosis import Answers, Known, Question, mutants_of, right_version
from ..testing.diagnosis.case import Case
from ..testing.diagnosis.own_masks import drawn_again
from ..testing.mutants import FAMILIES, OPTIMIZER_MUTANTS, OptimizerMutant
from .asking import answer, ask_layer, compared, is_layer, is_optimizer, layer_question
from .assignment import Assignment, Example, Part
from .names import Names, library_names, names_of, own_modules
from .own_files import own_file
from .packing import Arrays

__all__ = ["Mistake", "known_mistakes", "mistakes_of"]


class Mistake(NamedTuple):
    """A named mistake, its family, what is wrong in words, and a function that returns what it answers."""

    name: str
    family: str
    explanation: str
    answers: Callable[[], Answers]


def known_mistakes(assignment: Assignment, part: Part, example: Example, asked: Arrays, names: Names,
                   skipped: Collection[str] = ()) -> list[Known]:
    """Return the named mistakes that show in the answers to a question, each with its answers; ``names`` are right."""
    expected, tolerance = answer(part, example, asked, names), part.tolerance or assignment.tolerance
    right = compared(part, expected)
    known = (Known(*mistake[:3], mistake.answers()) for mistake in mistakes_of(assignment, part, example, asked, names)
             if mistake.name not in skipped)
    return [mistake for mistake in known if Case(right, compared(part, mistake.answers), tolerance=tolerance).wrong]


def mistakes_of(assignment: Assignment, part: Part, example: Example, asked: Arrays, names: Names) -> Iterator[Mistake]:
    """Yield all mistakes that can be made in a part, whether they show or not."""
    if is_optimizer(example):
        yield from _of_optimizer(part, example, asked, names)
    elif is_layer(example):
        expected, question = answer(part, example, asked, names), layer_question(asked)
        right = _of_library(example, names)
        if right is not None and not Case(expected, _answers(lambda: right, question, part, expected)).wrong:
            for mutant in mutants_of(right):
                yield Mistake(mutant.name, mutant.family, mutant.explanation,
                              partial(_answers, partial(mutant.of, right), question, part, expected))
    yield from _of_teacher(assignment, part, example, asked)


def _of_library(example: Example, names: Names) -> Layer | None:
    """Return the library's layer that an example makes, or that a class of its own extends or is named like."""
    layer: Layer = eval(example.make, {**names})        # the teacher's own words
    try:
        right = right_version(layer)
        return right if type(right) is type(layer) else eval(example.make, library_names())
    except Exception:       # the library has none, or one that is made otherwise
        return None


def _answers(make: Callable[[], Layer], question: Question, part: Part, expected: Answers) -> Answers:
    """Return the answers of a layer in those ways of asking that the right version answers in."""
    ways = {key.partition("/")[0] for key in expected}
    answers = ask_layer(make(), question, part)
    if "another" in ways:       # of a layer that draws random numbers
        answers |= drawn_again(make(), question)
    return {key: value for key, value in answers.items() if key.partition("/")[0] in ways}


def _of_optimizer(part: Part, example: Example, asked: Arrays, names: Names) -> Iterator[Mistake]:
    for mutant in OPTIMIZER_MUTANTS:
        kind = mutant.kind.__name__
        if example.make.startswith(f"{kind}(") and names.get(kind) is mutant.kind:
            def make(*args: Any, mutant: OptimizerMutant = mutant, **options: Any) -> Any:
                return mutant.of(mutant.kind(*args, **options))
            yield Mistake(mutant.name, mutant.family, mutant.explanation,
                          partial(answer, part, example, asked, {**names, kind: make}))


def _of_teacher(assignment: Assignment, part: Part, example: Example, asked: Arrays) -> Iterator[Mistake]:
    """Yield what the functions of files of mistakes give in the place of the part's target."""
    module, *path = part.target.split(".")
    if not path or module not in own_modules(assignment):
        return
    prefix = "_".join(path) + "_"
    for file in filter(None, (Path(assignment.mistakes).stem, f"{module}_mistakes")):
        if own_file(assignment.folder, f"{file}.py").is_file():
            for name, wrong in _functions(assignment, file, prefix).items():
                said = name.removeprefix(prefix).replace("_", " ")
                yield Mistake(f"{'.'.join(path)}: {said}", *_described(wrong),
                              partial(_of_function, assignment, file, name, part, example, asked))


def _described(wrong: Any) -> tuple[str, str]:
    """Return the family that a docstring begins with, ``formula`` if with none, and what it says."""
    said = " ".join((inspect.getdoc(wrong) or "").split())
    family = re.match(r"([a-z]+): ", said)
    if family is None:
        return "formula", said
    if family[1] not in FAMILIES:
        raise UnknownNameError.of(f"family in the docstring of {wrong.__name__}", family[1], FAMILIES)
    return family[1], said[family.end():]


def _functions(assignment: Assignment, file: str, prefix: str) -> dict[str, Any]:
    """Return the functions of a file of mistakes whose names begin with a target's, and with no longer one's."""
    names = names_of(assignment, assignment.folder, file)
    if file in names["_errors"]:
        raise StateError(f"the mistakes can not be read: {names['_errors'][file]}")
    prefixes = ("_".join(other.target.split(".")[1:]) + "_" for other in assignment.parts.values())
    longer = tuple(other for other in prefixes if other != prefix and other.startswith(prefix))
    return {name: function for name, function in vars(names["_modules"][file]).items()
            if name.startswith(prefix) and not name.startswith(longer)}


def _of_function(assignment: Assignment, file: str, name: str, part: Part, example: Example, asked: Arrays) -> Answers:
    """Return what comes of a wrong function, or of a class with a wrong method, in the place of the right one."""
    module, *path = part.target.split(".")
    names = names_of(assignment, assignment.folder, file)
    modules = names["_modules"]
    right, wrong = getattr(modules[module], path[0]), getattr(modules[file], name)
    if len(path) > 1:
        wrong = type(path[0], (right,), {path[1]: wrong})
    for other in modules:
        if other != file and vars(modules[other]).get(path[0]) is right:
            setattr(modules[other], path[0], wrong)
    return answer(part, example, asked, {key: wrong if value is right else value for key, value in names.items()})
