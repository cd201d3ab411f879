"""Layers that leave values out at random draw as they like: what is right for the masks that their outputs show."""

import numpy as np

from ..layers.core import Array
from ..testing.diagnosis.answers import Answers
from ..testing.diagnosis.question import Question, first_alone, ones_like

__all__ = ["ANOTHER", "right_for_own_masks"]

ANOTHER = "another/y"       # the output for other random numbers
SURE = 5.0                  # standard deviations
_SHOWN = ("once", "again", "later", "single")       # ways whose gradients come with the output of the same call
_ALONE = ("ones", "scaled", "first", "twice", "revisited", "switched", "frozen")        # those with the mask of "once"


def right_for_own_masks(question: Question, expected: Answers, received: Answers) -> Answers | str | None:
    """Return the right answers for the masks in what was received, in those ways of asking that masks can be seen in.

    A mask is where the output is not zero. It must leave out about as many values as a right one, be the same along
    the same axes, be drawn again for the same seed, and be another for another. Returned is why it is none, in words;
    None where right outputs are not those of a mask.
    """
    (x, *more), right = question.x, expected.get("once/y")
    if more or right is None or not isinstance(x, np.ndarray) or x.shape != right.shape or not x.all():
        return None
    factors = np.unique(np.round(right / x, 9))
    if len(factors) != 2 or factors[0] != 0:
        return None
    masks = {way: received[f"{way}/y"] != 0 for way in (*_SHOWN, ANOTHER.partition("/")[0])
             if f"{way}/y" in received and received[f"{way}/y"].shape == x.shape}
    if "once" not in masks or not _plausible(masks["once"], right != 0):
        return "It does not leave out the share of values that it should, each on its own."
    if "again" in masks and (masks["again"] != masks["once"]).any():
        return "The mask can not be drawn again: take its random numbers from default_rng(self.rng), and no others."
    if "another" in masks and (masks["another"] == masks["once"]).all():
        return "The mask is the same for other random numbers: draw it anew in every call."
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


def _plausible(mask: Array, right: Array) -> bool:
    """Return whether a mask keeps about as many values as a right one does, and is constant along the same axes."""
    for axis in range(mask.ndim):
        first = np.take(right, [0], axis)
        if right.shape[axis] > 1 and (right == first).all():
            if (mask != np.take(mask, [0], axis)).any():
                return False
            mask, right = np.take(mask, [0], axis), first
    share = right.mean()
    return bool(abs(mask.mean() - share) <= SURE * np.sqrt(2 * share * (1 - share) / mask.size) + 1 / mask.size)
