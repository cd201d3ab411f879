"""What a layer answers: every way to call it that a mistake can show in, and the arrays that came of it, by name."""

from collections.abc import Callable, Collection
from typing import Any

import numpy as np

from ...layers.core import (
    Array,
    Buffer,
    Layer,
    call_back,
    call_jvp,
    flatten,
)
from ...losses import Loss
from ..compare import label
from ..objective import Objective
from ..trial import as_float, copies, is_float, rebuilt
from .pupil import Named, Pupil, state_of
from .question import Question, first_alone, jacobian_places, jacobian_rows, ones_like, whole
from .raised import told_of
from .rounds import ROUNDS

__all__ = ["WAYS", "WHEN", "Answers", "ask"]

STEP = 1e-5
Answers = dict[str, Array]
"""Arrays by ``way/name``, such as ``twice/weight.grad``; ``way/error`` is the text of an error in their place."""


@np.errstate(all="ignore")      # wrong code may compute anything
def ask(layer: Layer, question: Question, *, probe: bool = True, without: Collection[str] = ()) -> Answers:
    """Call copies of a layer in every way there is; the layer itself is left alone.

    Only ``layers.core`` and NumPy are needed here, and nothing but arrays comes back: a grader runs this in a process
    that it does not trust. ``probe=False`` leaves out ``PROBES``, the ways that cost the most and only help to tell
    mistakes apart; ``without`` names further ways to leave out.
    """
    answers: Answers = {}
    for way, call_it in {**WAYS, **_reductions(layer)}.items():
        if way in without or (way in PROBES and not probe):
            continue
        pupil = Pupil(layer, question)
        try:
            for name, value in call_it(pupil):
                if value is not None:
                    answers[f"{way}/{name}"] = np.array(value)
        except Exception as error:      # whatever a wrong layer raises is its answer
            answers[f"{way}/error"] = np.array(told_of(error))
    return answers


def _once(pupil: Pupil) -> Named:
    x, grad_out = copies(pupil.question.x), whole(pupil.question.grad_out)
    y, entry = pupil.forward(x)
    first = [np.array(leaf) for leaf in flatten(y)]
    yield from pupil.outputs(y)
    yield from ((f"{label('x', index, len(flatten(x)))} after forward", copies(leaf))
                for index, leaf in enumerate(flatten(x)) if isinstance(leaf, np.ndarray))
    buffers = [(name, np.array(value)) for name, value in pupil.kept()]
    grad_x = call_back(pupil.layer, entry, grad_out)
    yield from pupil.gradients(grad_x)
    if isinstance(grad_x, tuple) and any(isinstance(each, (tuple, list)) for each in grad_x):
        yield "grad_x as a tuple", np.array([len(flatten(each)) for each in grad_x])
    upstream = flatten(grad_out)
    yield from ((f"{label('grad_out', index, len(upstream))} after backward", leaf)
                for index, leaf in enumerate(upstream))
    yield from ((f"{label('y', index, len(first))} after backward", leaf) for index, leaf in enumerate(flatten(y))
                if not np.array_equal(leaf, first[index], equal_nan=True))
    for (name, before), (_, after) in zip(buffers, pupil.kept(), strict=True):
        yield name, before
        if not np.array_equal(before, after, equal_nan=True):
            yield name.replace(" afterwards", " after backward"), after


def _with_upstream(change: Callable[[tuple[Array | None, ...]], Any]) -> Callable[[Pupil], Named]:
    def way(pupil: Pupil) -> Named:
        yield from pupil.backward(pupil.forward()[1], change(pupil.question.grad_out))
    return way


def _times_minus_three(grad_out: tuple[Array | None, ...]) -> tuple[Array | None, ...]:
    return tuple(None if grad is None else -3 * grad for grad in grad_out)


def _twice(pupil: Pupil) -> Named:
    _, entry = pupil.forward()
    for _ in pupil.backward(entry):
        pass
    yield from pupil.backward(entry)


def _again(pupil: Pupil) -> Named:
    other, _ = pupil.forward(copies(pupil.question.other_x), seed=pupil.question.seed + 1)
    first = [np.array(leaf) for leaf in flatten(other)]
    for (name, value) in state_of(pupil.layer):
        if isinstance(value, Buffer):
            value.assign(pupil.question.state[name].astype(value.data.dtype))
    y, entry = pupil.forward()
    yield from pupil.outputs(y)
    yield from pupil.backward(entry)
    yield from ((f"{label('y', index, len(first))} of the first call", leaf)
                for index, leaf in enumerate(flatten(other)) if not np.array_equal(leaf, first[index], equal_nan=True))


def _revisited(pupil: Pupil) -> Named:
    _, entry = pupil.forward()
    pupil.forward(copies(pupil.question.other_x))
    yield from pupil.backward(entry)


def _jacobian(pupil: Pupil) -> Named:
    """Go back once for each output alone; of many outputs ``ROWS`` stand for all."""
    if pupil.is_loss and "none" in getattr(pupil.asked, "reductions", ()):
        vars(pupil.asked)["reduction"] = "none"
    y, entry = pupil.forward()
    shapes = [np.shape(leaf) if grad is not None else None
              for leaf, grad in zip(flatten(y), pupil.question.grad_out, strict=True)]
    rows: dict[str, list[Array]] = {}
    for row in jacobian_rows(shapes):
        pupil.layer.zero_grad()
        for name, value in pupil.backward(entry, row):
            if value is not None:
                rows.setdefault(name, []).append(np.array(value))
    yield from ((name, np.stack(values)) for name, values in rows.items())


def _slopes(pupil: Pupil) -> Named:
    """How the outputs move with one number of the input after the other, by central differences."""
    leaves = list(flatten(copies(pupil.question.x)))
    moving = [leaf for leaf in leaves if is_float(leaf)]
    moving = moving or [parameter.data for parameter in pupil.layer.parameters()]
    if pupil.is_loss and "none" in getattr(pupil.asked, "reductions", ()):
        vars(pupil.asked)["reduction"] = "none"
    rows: dict[str, list[Array]] = {}
    for number, place in jacobian_places([leaf.shape for leaf in moving]):
        array, at = moving[number], np.unravel_index(place, moving[number].shape)
        here, sides = array[at], []
        for step in (STEP, -STEP):
            array[at] = here + step
            sides.append([np.array(leaf, float) for leaf in flatten(
                pupil.forward(copies(rebuilt(pupil.question.x, leaves)))[0])])
        array[at] = here
        slopes = [(above - below) / (2 * STEP) for above, below in zip(*sides, strict=True)]
        for name, value in pupil.outputs(tuple(slopes) if len(slopes) > 1 else slopes[0]):
            rows.setdefault(name, []).append(value)
    yield from ((name, np.stack(values)) for name, values in rows.items())


def _evaluation(pupil: Pupil) -> Named:
    pupil.layer.eval()
    y, entry = pupil.forward()
    yield from pupil.outputs(y)
    yield from pupil.backward(entry)
    yield from pupil.kept()


def _tangent(pupil: Pupil) -> Named:
    """Forward mode, along the inputs themselves; a layer without it, or with that of another forward, says nothing."""
    definers = {name: next(place for place, base in enumerate(type(pupil.asked).__mro__) if name in vars(base))
                for name in ("forward", "jvp")}
    if type(pupil.asked).jvp is Layer.jvp or definers["jvp"] > definers["forward"]:
        return
    _, entry = pupil.forward()
    x_dot = [leaf if is_float(leaf) else None for leaf in flatten(copies(pupil.question.x))]
    for parameter in pupil.layer.parameters():
        parameter.dot = np.ones(parameter.shape)
    y_dot, _ = call_jvp(pupil.layer, entry, *rebuilt(pupil.question.x, x_dot))
    yield from pupil.outputs(y_dot)


def _switched(pupil: Pupil) -> Named:
    _, entry = pupil.forward()
    pupil.layer.eval()
    yield from pupil.backward(entry)


def _frozen(pupil: Pupil) -> Named:
    pupil.layer.requires_grad_(False)
    yield from pupil.backward(pupil.forward()[1])


def _single_precision(pupil: Pupil) -> Named:
    pupil.layer.astype(np.float32)
    if isinstance(pupil.layer, Objective):
        pupil.layer.target = as_float(pupil.layer.target, np.float32)
    y, entry = pupil.forward(as_float(pupil.question.x, np.float32))
    if not pupil.is_loss:
        yield from pupil.outputs(y)
    yield from pupil.backward(entry, as_float(pupil.question.grad_out, np.float32))


def _unstarted(pupil: Pupil) -> Named:
    yield "a result", pupil.layer.backward(whole(pupil.question.grad_out)) is not None


def _reductions(layer: Layer) -> dict[str, Callable[[Pupil], Named]]:
    """Return a way for every other reduction of a loss."""
    if not isinstance(layer, Loss) or not hasattr(layer, "reduction"):
        return {}

    def way(reduction: str) -> Callable[[Pupil], Named]:
        def reduced(pupil: Pupil) -> Named:
            vars(pupil.asked)["reduction"] = reduction
            y, entry = pupil.forward()
            yield from pupil.outputs(y)
            yield from pupil.backward(entry, (np.full(np.shape(y), 1.5),))
        return reduced
    return {reduction: way(reduction) for reduction in layer.reductions if reduction != layer.reduction}


WAYS: dict[str, Callable[[Pupil], Named]] = {
    "once": _once,
    "ones": _with_upstream(ones_like),
    "scaled": _with_upstream(_times_minus_three),
    "first": _with_upstream(first_alone),
    "twice": _twice,
    "again": _again,
    "revisited": _revisited,
    "evaluation": _evaluation,
    "jacobian": _jacobian,
    "slopes": _slopes,
    "tangent": _tangent,
    "switched": _switched,
    "frozen": _frozen,
    "single": _single_precision,
    "unstarted": _unstarted,
    **ROUNDS,
}
"""The ways of calling that every layer is asked for."""

PROBES = ("jacobian", "slopes")

WHEN = {
    "once": "after one forward and one backward",
    "ones": "for an upstream gradient of ones",
    "scaled": "for -3 times the upstream gradient",
    "first": "for an upstream gradient that is zero outside of the first entry of the batch",
    "twice": "after a second backward",
    "again": "of the second of two calls",
    "revisited": "of the first of two calls, gone back after the second",
    "evaluation": "in evaluation",
    "jacobian": "for one output after the other",
    "slopes": "as the inputs move one by one",
    "tangent": "of jvp",
    "switched": "with eval() between forward and backward",
    "frozen": "with all parameters frozen",
    "single": "in float32",
    "unstarted": "of a backward before any forward",
    "later": "in a second round of forward and backward, after one with other inputs and a step",
    "replayed": "of forward run again by replay",
    "mean": "for reduction='mean'",
    "batchmean": "for reduction='batchmean'",
    "sum": "for reduction='sum'",
    "none": "for reduction='none'",
}
"""The ways of calling in words."""
