"""What a part is asked, and what code answers: arrays by name there and back, in one process or between two."""

import ast
from collections.abc import Iterator
from typing import Any

import numpy as np

from ..layers.core import Array, Layer, manual_seed
from ..testing.diagnosis.answers import Answers, ask
from ..testing.diagnosis.own_masks import drawn_again, is_random
from ..testing.diagnosis.question import Question, question_for
from ..testing.diagnosis.raised import told_of
from ..testing.diagnosis.steps import Steps, ask_optimizer, steps_for
from ..testing.trial import copies
from .assignment.schema import Example, Part
from .names import Names
from .packing import Arrays, packed, unpacked

__all__ = ["DRAWS", "answer", "ask_layer", "compared", "handed_over", "is_layer", "is_optimizer", "layer_question",
           "question"]

DRAWS = "draws"         # in a question to a layer whose outputs hang on random numbers


def question(part: Part, example: Example, seed: int, names: Names) -> Arrays:
    """Draw what to ask; ``names`` are those of the right version."""
    rng = np.random.default_rng(seed)
    if is_optimizer(example):
        return dict(_entries(steps_for(seed)))
    if is_layer(example):
        x = [_drawn(draw, rng, names) for draw in example.x]
        manual_seed(seed)
        layer = _evaluated(example.make, names)
        asked = question_for(layer, *x, seed=seed)
        return dict(_entries(asked)) | ({DRAWS: np.array(True)} if is_random(layer, asked) else {})
    arguments: dict[str, Any] = {}
    for name, draw in example.arguments.items():
        value = _drawn(draw, rng, {**names, **arguments})
        arguments[name] = rng.standard_normal(value) if isinstance(draw, list) else value
    return {**dict(packed(arguments, "arguments")), "seed": np.array(rng.integers(2**31))}      # another


def handed_over(example: Example, asked: Arrays) -> Arrays:
    """Return of a question what whoever answers may see: of the arguments of a call those that it names."""
    named = _named(example.call)
    return {key: array for key, array in asked.items()
            if not key.startswith("arguments/") or key.split("/")[1].removesuffix("()") in named}


@np.errstate(all="ignore")      # wrong code may compute anything
def answer(part: Part, example: Example, asked: Arrays, names: Names, *, probe: bool = True) -> Answers:
    """Ask code, that of ``names``; nothing but NumPy and the package itself is needed here.

    ``probe=False`` leaves out, as of ``ask``, what only helps to tell mistakes apart.
    """
    try:
        broken = names["_errors"].get(part.target.partition(".")[0])
        if broken is not None:
            return {"once/error": np.array(broken)}
        if example.call:
            return {f"once/{name}": value for name, value in _called(example, asked, names)}
        if is_optimizer(example):
            steps = Steps(unpacked(asked, "start"), unpacked(asked, "gradients"))
            return ask_optimizer(lambda params: _evaluated(example.make, {**names, "params": params}), steps)
        layer, about = _evaluated(example.make, names), layer_question(asked)
        answers = ask_layer(layer, about, part, probe=probe)
        return answers | (drawn_again(layer, about) if DRAWS in asked else {})
    except Exception as error:      # whatever wrong code raises is its answer
        return {"once/error": np.array(told_of(error))}


def ask_layer(layer: Layer, asked: Question, part: Part, *, probe: bool = True) -> Answers:
    """Ask a layer for what its part compares; where that is only outputs, whatever its backward is.

    Other inputs than those of the question are for examples to ask: what a class has to take is the teacher's word.
    """
    if part.compares == "outputs":
        kind = type(layer)
        layer.__class__ = type(kind.__name__, (kind,), {"backward": _no_backward})
    return ask(layer, asked, probe=probe, without=part.leave_out or ())


def compared(part: Part, answers: Answers) -> Answers:
    """Return the answers that a part compares: where that is gradients, what a backward pass gives and leaves."""
    if part.compares != "gradients":
        return answers
    return {key: value for key, value in answers.items() if "grad" in (name := key.partition("/")[2])
            or "after backward" in name or name in ("error", "a result")}


def layer_question(asked: Arrays) -> Question:
    """Return the question to a layer that was packed."""
    state = {key.removeprefix("state/"): value for key, value in asked.items() if key.startswith("state/")}
    return Question(unpacked(asked, "x"), unpacked(asked, "other_x"), unpacked(asked, "grad_out"), state,
                    unpacked(asked, "held"), int(asked["seed"]))


def is_optimizer(example: Example) -> bool:
    """Return whether an example makes an optimiser, of ``params``."""
    return "params" in _named(example.make)


def is_layer(example: Example) -> bool:
    """Return whether an example makes a layer or a loss."""
    return bool(example.make) and not is_optimizer(example)


def _no_backward(self: Layer, grad_out: Any = None) -> None:
    """Stand for a backward that is not looked at."""


def _called(example: Example, asked: Arrays, names: Names) -> Iterator[tuple[str, Any]]:
    given = {name: unpacked(asked, f"arguments/{name}") for name in example.arguments}
    given = {name: value for name, value in given.items() if value is not None}
    arguments = {name: copies(value) for name, value in given.items()}
    manual_seed(int(asked["seed"]))
    result = _evaluated(example.call, {**names, **arguments})
    if isinstance(result, dict):
        named = [(str(name), value) for name, value in result.items()]
    elif isinstance(result, (tuple, list)) and any(np.ndim(value) for value in result):     # else numbers: an array
        named = [(f"result[{index}]", value) for index, value in enumerate(result)]
    else:
        named = [("result", result)]
    for name, value in named:
        array = np.asarray(value)
        yield name, array.astype(float) if array.dtype.kind in "fiub" else array
    for name, before in given.items():
        if isinstance(before, np.ndarray) and not _equal(before, arguments[name]):
            yield f"{name} after the call", arguments[name]


def _equal(one: Array, other: Array) -> bool:
    return np.array_equal(one, other, equal_nan=one.dtype.kind == "f")


def _entries(value: Any) -> Iterator[tuple[str, Any]]:
    """Yield the fields of a named tuple, packed."""
    for name in value._fields:
        yield from packed(getattr(value, name), name)


def _drawn(draw: Any, rng: np.random.Generator, names: Names) -> Any:
    """Return the value of an expression; shapes as they are, as tuples."""
    if isinstance(draw, str):
        return _evaluated(draw, {**names, "rng": rng})
    return tuple(tuple(part) if isinstance(part, list) else part for part in draw)


def _evaluated(expression: str, names: Names) -> Any:
    return eval(compile(expression, f"<{expression}>", "eval"), {**names})      # the teacher's own words


def _named(expression: str) -> set[str]:
    return {node.id for node in ast.walk(ast.parse(expression or "0", mode="eval")) if isinstance(node, ast.Name)}
