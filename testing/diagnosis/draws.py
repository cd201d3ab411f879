"""Layers that draw random numbers may draw them in an order of their own: what their forward must give all the same."""

from copy import deepcopy

import numpy as np

from ...layers.core import Array, Layer, call, flatten, manual_seed
from ..trial import copies
from .answers import Answers
from .question import Question, as_layer

__all__ = ["forward_of_random", "is_random"]


def is_random(reference: Layer, question: Question) -> bool:
    """Return whether the outputs of a layer hang on the random numbers."""
    outputs = []
    for seed in (question.seed, question.seed + 1):
        layer = as_layer(deepcopy(reference), question.held).astype(np.float64).train()
        manual_seed(seed)
        outputs.append(flatten(call(layer, *copies(question.x))[0]))
    return not all(np.array_equal(one, other) for one, other in zip(*outputs, strict=True))


def forward_of_random(question: Question, expected: Answers, received: Answers) -> Answers:
    """Return what the output should be where it is a mask times the input: zero where it is zero, else scaled rightly.

    Only where the right output takes no more than a few values for each of the input, as dropout's does; else nothing
    can be said of one draw.
    """
    (x, *more), right, came = question.x, expected.get("once/y"), received.get("once/y")
    if more or right is None or came is None or not isinstance(x, np.ndarray) \
            or not x.shape == right.shape == came.shape or not x.all():
        return {}
    factors = np.unique(np.round(right / x, 9))
    if len(factors) > 2:
        return {}
    share = (right != 0).mean()
    kept = (came != 0).mean()
    spread = 5 * np.sqrt(share * (1 - share) / x.size) + 1 / x.size
    nearest: Array = factors[np.abs((came / x)[..., None] - factors).argmin(axis=-1)]
    plausible = nearest * x if abs(kept - share) <= spread else right
    return {"once/y": plausible, "again/y": received.get("again/y", right)}
