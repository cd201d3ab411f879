"""Whether an answer is right, and if not, what is wrong: a pure function of arrays."""

from collections.abc import Sequence

import numpy as np

from ..layers.core import Layer
from ..testing.diagnosis.answers import Answers
from ..testing.diagnosis.diagnosis import Diagnosis, Fault
from ..testing.diagnosis.equations import equation_of
from ..testing.diagnosis.judging import judge
from ..testing.diagnosis.matching import Known
from ..testing.diagnosis.pages import page_of
from .asking import is_layer, layer_question
from .assignment.schema import Assignment, Example
from .packing import Arrays, unpacked

__all__ = ["verdict"]


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
        return _of_accuracy(name, part.accuracy, unpacked(asked, "arguments/labels"), received)
    question = layer_question(asked) if is_layer(example) else None
    return judge(name, expected, received, question, known, tolerance=assignment.tolerance_of(name),
                 equation=lambda array: equation_of(layer, array) if layer is not None else "",
                 page=page_of(type(layer)) if layer is not None else "")


def _of_accuracy(name: str, wanted: float, labels: np.ndarray, received: Answers) -> Diagnosis:
    result = received.get("once/result")
    if result is None:
        return judge(name, {"once/result": labels}, received)
    if result.shape != labels.shape:
        return Diagnosis(name, 1, (Fault(
            "result", "", f"expected shape {labels.shape}, one class for each example, received {result.shape}",
            "wrong-shape", "order", "An accuracy is counted example by example."),))
    share = float(np.mean(result == labels))
    if share >= wanted:
        return Diagnosis(name, 1)
    return Diagnosis(name, 1, (Fault("accuracy", "", f"expected at least {wanted:.1%}, received {share:.1%}",
                                     "accuracy", "formula", "Too few examples are classified rightly."),))
