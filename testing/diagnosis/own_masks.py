"""Layers that leave values out at random draw as they like: what is right for the masks that their outputs show."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace

import numpy as np

from ...layers.core import Array, Layer, call, flatten, manual_seed
from ..trial import copies
from .answers import Answers
from .diagnosis import Diagnosis
from .kinds.found import Found
from .pupil import Pupil
from .question import Question, as_layer, first_alone, ones_like

__all__ = ["drawn_again", "is_random", "judged_by_own_masks"]

_SURE = 5.0                  # standard deviations
_RARE = 1e-6
_SHOWN = ("once", "again", "later", "single")       # ways whose gradients come with the output of the same call
_ALONE = ("ones", "scaled", "first", "twice", "revisited", "switched", "frozen")        # those with the mask of "once"
_ANOTHER = "another/y"      # the output for other random numbers


def is_random(reference: Layer, question: Question) -> bool:
    """Return whether the outputs of a layer hang on the random numbers."""
    outputs = []
    for seed in (question.seed, question.seed + 1):
        layer = as_layer(deepcopy(reference), question.held).astype(np.float64).train()
        manual_seed(seed)
        outputs.append(flatten(call(layer, *copies(question.x))[0]))
    return not all(np.array_equal(one, other) for one, other in zip(*outputs, strict=True))


def drawn_again(layer: Layer, question: Question) -> Answers:
    """Return the outputs of a layer for the question's random numbers and then for others, by one and the same."""
    try:
        pupil = Pupil(layer, question)
        pupil.forward()
        return {_ANOTHER: np.array(pupil.forward(seed=question.seed + 1)[0])}
    except Exception:       # which the answers tell
        return {}


def judged_by_own_masks(found: Diagnosis, question: Question, expected: Answers, received: Answers,
                        judged: Callable[[Answers, Answers], Diagnosis]) -> Diagnosis | None:
    """Judge a layer that draws random numbers by the masks that it drew, where these are not the right version's.

    Args:
        found:    what is found without this
        question: the question
        expected: the answers of a right version
        received: the answers to judge, with those of ``drawn_again``
        judged:   gives the verdict on answers, the second, beside right ones, the first

    Returns: None where the right outputs are not those of a mask.
    """
    right = _right_for_own_masks(question, expected, received)
    if right is None or (isinstance(right, dict) and np.array_equal(right["once/y"], expected["once/y"])):
        return None if right is None else found
    if isinstance(right, Found):
        return replace(found, faults=(replace(found.faults[0], **right._asdict(), entries=()),))
    ways = {key.partition("/")[0] for key in right}
    return judged(right, {key: value for key, value in received.items()
                          if key in right or (key not in expected and key.partition("/")[0] in ways)})


def _right_for_own_masks(question: Question, expected: Answers, received: Answers) -> Answers | Found | None:
    """Return the right answers for the masks in what was received, in those ways of asking that masks can be seen in.

    A mask is where the output is not zero. It must leave out about as many values as a right one, be the same along
    the same axes, be drawn again for the same seed, and be another for another. Returned is otherwise what is wrong
    with it; None where right outputs are not those of a mask.
    """
    (x, *more), right = question.x, expected.get("once/y")
    if more or right is None or not isinstance(x, np.ndarray) or x.shape != right.shape or not x.all():
        return None
    factors = np.unique(np.round(right / x, 9))
    if len(factors) != 2 or factors[0] != 0:
        return None
    masks = {way: received[f"{way}/y"] != 0 for way in (*_SHOWN, "another")
             if f"{way}/y" in received and received[f"{way}/y"].shape == x.shape}
    wrong = _fault_of(masks, right != 0)
    if wrong is not None:
        return Found("mask", *wrong)
    upstream = {"ones": ones_like(question.grad_out), "first": first_alone(question.grad_out)}
    found = {key: value for key, value in expected.items() if key.partition("/")[0] in (
        *_SHOWN, *_ALONE, "evaluation", "unstarted") and " of the first " not in key}
    for way in (*_SHOWN, *_ALONE):
        factor = masks.get(way if way in _SHOWN else "once", masks["once"]) * factors[1]
        (grad,) = upstream.get(way, question.grad_out)
        values = {"y": x, "grad_x": -3 * grad if way == "scaled" and grad is not None else grad}
        found |= {f"{way}/{name}": np.asarray(value * factor, found[f"{way}/{name}"].dtype)
                  for name, value in values.items() if value is not None and f"{way}/{name}" in found}
    return found


def _fault_of(masks: dict[str, Array], right: Array) -> tuple[str, str] | None:
    """Return the family of what is wrong with masks, and a sentence, if anything is."""
    share = "It does not leave out the share of values that it should, each on its own."
    if "once" not in masks:
        return "mask", share
    mask = masks["once"]
    for axis, count in enumerate(right.shape):
        first = np.take(right, [0], axis)
        together = bool((mask == np.take(mask, [0], axis)).all())
        if count > 1 and (right == first).all():
            if not together:
                return "mask", share
            mask, right = np.take(mask, [0], axis), first
        elif together and _chance(right.mean(), count, right.size) < _RARE:
            return "batch" if axis == 0 else "mask", f"All along axis {axis} are left out together: draw for each."
    kept = right.mean()
    if abs(mask.mean() - kept) > _SURE * np.sqrt(2 * kept * (1 - kept) / mask.size) + 1 / mask.size:
        return "mask", share
    if "another" in masks and (masks["another"] == masks["once"]).all():
        return "cache", "The mask is the same for other random numbers: draw it anew in every call."
    if "again" in masks and (masks["again"] != masks["once"]).any():
        return "cache", ("The mask can not be drawn again: take its random numbers from default_rng(self.rng), and no "
                         "others.")
    return None


def _chance(share: float, count: int, size: int) -> float:
    """Return how likely all values of a mask are the same along an axis of so many, each kept with this share."""
    return float((share**count + (1 - share)**count) ** (size / count))
