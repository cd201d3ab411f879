"""Whether an answer is right, and if not, what is wrong: a pure function of arrays."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from importlib import import_module
from inspect import signature

import numpy as np

from ..layers.core import Layer, flatten
from ..losses import Loss
from ..testing.diagnosis.answers import WHEN, Answers
from ..testing.diagnosis.diagnosis import Diagnosis, Fault
from ..testing.diagnosis.equations import equation_of
from ..testing.diagnosis.judging import judge
from ..testing.diagnosis.matching import Known
from ..testing.diagnosis.own_masks import judged_by_own_masks
from ..testing.diagnosis.question import Question
from .asking import DRAWS, compared, is_layer, is_optimizer, layer_question
from .assignment.schema import Assignment, Example, Part
from .names import ROOMS
from .packing import Arrays, unpacked

__all__ = ["verdict", "words_of_inputs"]


def verdict(assignment: Assignment, name: str, example: Example, asked: Arrays, expected: Answers, received: Answers,
            known: Sequence[Known] = (), layer: Layer | None = None) -> Diagnosis:
    """Judge what came of a question to the part of a name.

    Args:
        assignment, name, example: what was asked for
        asked:    the question, all of it
        expected: the answers of a right version
        received: the answers to judge
        known:    named mistakes with their answers
        layer:    a layer of the class asked, whose docstring has the formulas
    """
    part = assignment.parts[name]
    if part.accuracy is not None:
        labels = unpacked(asked, "arguments/labels")
        if "once/result" in received:
            return _of_accuracy(name, part.accuracy, labels, received["once/result"])
        return judge(name, {"once/result": labels}, received, when=_when(example, part), page=_read(part.target))
    question = layer_question(asked) if is_layer(example) else None
    said = words_of_inputs(layer, question)

    def judged(right: Answers, came: Answers) -> Diagnosis:
        found = judge(name, compared(part, right), compared(part, came), question,
                      [each._replace(answers=compared(part, each.answers)) for each in known],
                      tolerance=assignment.tolerance_of(name), when=_when(example, part), page=_read(part.target),
                      equation=lambda array: equation_of(layer, said(array)) if layer is not None else "")
        return replace(found, faults=tuple(replace(
            fault, name=said(fault.name), sentence=said(fault.sentence), page=_read(part.target))
            for fault in found.faults))

    found = judged(expected, received)
    if found.passed or DRAWS not in asked or question is None or "once/error" in received:
        return found
    return judged_by_own_masks(found, question, expected, received, judged) or found


def _when(example: Example, part: Part) -> Mapping[str, str]:
    """Return the ways of asking in words."""
    if example.call:
        return {"once": f"for {example.call}"}
    if is_optimizer(example):
        steps = {f"step {number}": f"in step {number}" for number in range(2, 10)}
        return {"once": "in the first step", "once/error": "within five steps", **steps}
    if part.compares == "outputs":
        return {**WHEN, "once": "after one forward", "once/error": "in forward"}
    return {**WHEN, "once/error": "in one forward and one backward"}


def _read(target: str) -> str:
    """Return where in a handout to read of a target."""
    room, *path = target.split(".")
    if room not in ROOMS:
        return f"the docstring of {path[0]} in {room}.py" if path else f"{room}.py"
    kind = getattr(import_module(f"{__name__.partition('.')[0]}.{room}"), path[0])
    return f"the docstring of {path[0]} in {kind.__module__.replace('.', '/')}.py"


def words_of_inputs(layer: Layer | None, question: Question | None) -> Callable[[str], str]:
    """Return a function that calls several inputs, ``x[1]``, by the names that ``forward`` has for them, ``h``."""
    if layer is None or question is None:
        return str
    given = list(signature(layer.forward).parameters.values())
    names: list[str] = []
    for parameter, value in zip(given, question.x, strict=False):
        if parameter.kind is parameter.VAR_POSITIONAL:
            break
        count = len(flatten(value))
        names += [f"{parameter.name}[{index}]" if count > 1 else parameter.name for index in range(count)]
    if isinstance(layer, Loss) or len(names) < 2:
        return str
    return lambda text: re.sub(r"\b(grad_|)x\[(\d+)\]", lambda found: found[1] + names[int(found[2])]
                               if int(found[2]) < len(names) else found[0], text)


def _of_accuracy(name: str, wanted: float, labels: np.ndarray, result: np.ndarray) -> Diagnosis:
    if result.shape != labels.shape:
        return Diagnosis(name, 1, (Fault(
            "result", "", f"expected shape {labels.shape}, one class for each example, received {result.shape}",
            "wrong-shape", "order", "An accuracy is counted example by example."),))
    share = float(np.mean(result == labels))
    if share >= wanted:
        return Diagnosis(name, 1)
    return Diagnosis(name, 1, (Fault("accuracy", "", f"expected at least {wanted:.1%}, received {share:.1%}",
                                     "accuracy", "formula", "Too few examples are classified rightly."),))
