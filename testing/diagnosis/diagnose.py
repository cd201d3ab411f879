"""Asking a layer in this process: the right one found, questions drawn, answers judged."""

from functools import partial
from typing import Any

from ...layers.core import Layer, StateError, get_rng_state, set_rng_state
from .answers import Answers, ask
from .diagnosis import Diagnosis
from .dictionary import known_mistakes
from .differences import with_differences
from .equations import equation_of
from .judging import judge
from .own_masks import drawn_again, is_random, judged_by_own_masks
from .pages import page_of
from .question import Question, question_for
from .right import right_version

__all__ = ["diagnose"]

DIFFERENCES = 1e-4      # what difference quotients may be off by


def diagnose(layer: Layer, *x: Any, reference: Layer | None = None, detail: str = "full", seed: int = 0,
             tolerance: float = 1e-6) -> Diagnosis:
    """Say what is wrong with a layer or a loss: what was compared, the first wrong index, and which mistake it is.

    ``x`` are shapes, filled with normal random numbers, or arrays; for a loss the prediction and the target. The layer
    is compared with ``reference``, by default with the library's class of the same name or that it extends, holding
    the same parameters; where there is none, with difference quotients of its own forward. ``detail`` says how much is
    told, one of "verdict", "place", "kind" and "full".

    Example:
        >>> from chainrule.testing import diagnose
        >>> class Mine(Linear):
        ...     def backward(self, grad_out):
        ...         return -super().backward(grad_out)
        >>> diagnosis = diagnose(Mine(3, 2), (5, 3))
        >>> diagnosis.faults[0].name, diagnosis.faults[0].kind
        ('grad_x', 'sign')
    """
    random_state = get_rng_state()
    try:
        return _diagnosed(layer, x, reference or right_version(layer), seed, tolerance).limited(detail)
    finally:
        set_rng_state(random_state)


def _diagnosed(layer: Layer, x: tuple[Any, ...], reference: Layer | None, seed: int, tolerance: float) -> Diagnosis:
    subject, page = layer.title, page_of(type(reference or layer))
    question = _question(reference, x, seed)
    if reference is None or question is None:
        question = question_for(layer, *x, seed=seed)
        return judge(subject, _by_differences(layer, question), ask(layer, question), question, page=page,
                     tolerance=DIFFERENCES)
    expected, received = ask(reference, question, probe=False), ask(layer, question, probe=False)
    if is_random(reference, question) and "once/error" not in received \
            and judge(subject, _forward(expected), _forward(received)).faults:
        return _of_random(layer, reference, question, expected, received, tolerance)
    first = judge(subject, expected, received, question, tolerance=tolerance)
    if first.passed:
        return first
    return judge(subject, ask(reference, question), ask(layer, question), question,
                 known_mistakes(reference, question), equation=lambda name: equation_of(reference, name), page=page,
                 tolerance=tolerance)


def _of_random(layer: Layer, reference: Layer, question: Question, expected: Answers, received: Answers,
               tolerance: float) -> Diagnosis:
    """Judge what draws random numbers of its own: by the masks that it drew, or by differences of its own forward."""
    judged = partial(judge, layer.title, question=question, page=page_of(type(reference)),
                     equation=lambda name: equation_of(reference, name))
    strictly = partial(judged, tolerance=tolerance)
    found = judged_by_own_masks(strictly(expected, received), question, expected,
                                received | drawn_again(layer, question), strictly)
    if found is not None:
        return found
    own = _by_differences(layer, question) | {key: value for key, value in expected.items()
                                              if key.startswith("evaluation/")}
    return judged(own, ask(layer, question), tolerance=DIFFERENCES)


def _question(reference: Layer | None, x: tuple[Any, ...], seed: int) -> Question | None:
    """Draw the question; None if the library's class can not work with what the layer holds."""
    if reference is None:
        return None
    try:
        return question_for(reference, *x, seed=seed)
    except AttributeError:
        return None


def _by_differences(layer: Layer, question: Question) -> Answers:
    answers = ask(with_differences(layer), question)
    if "once/error" in answers:
        raise StateError(f"{layer.title} expected a forward that runs, to compare backward with; it raised "
                         f"{answers['once/error']}")
    return answers


def _forward(answers: Answers) -> Answers:
    return {key: value for key, value in answers.items() if key.startswith("once/y")}
