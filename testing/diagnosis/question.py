"""What a layer is asked: arrays to call it with, the state to start from, and nothing that knows the answer."""

from collections.abc import Iterator, Sequence
from math import prod
from typing import Any, NamedTuple

import numpy as np

from ...layers.core import Array, Layer, Shape, flatten
from ...layers.sparse_rows import is_sparse
from ...losses import Loss
from ..objective import Objective
from ..stored_values import StoredValues
from ..trial import Trial, as_float, copies, draw, is_float, packed

__all__ = ["Question", "as_layer", "first_alone", "jacobian_places", "jacobian_rows", "ones_like", "question_for",
           "whole"]

ROWS = 128      # outputs that are looked at alone


class Question(NamedTuple):
    """Arrays alone, so that a question can be sent to another process.

    Attributes:
        x:        the inputs of the call (for a loss: the prediction)
        other_x:  the inputs of another call, to see whether calls mix
        grad_out: one upstream gradient for each output, random; None where an output has none
        state:    parameters and buffers by name, away from their initial values
        held:     what has no gradient: the target of a loss; of sparse rows all but the stored values
        seed:     where the random numbers of every call begin
    """

    x: tuple[Any, ...]
    other_x: tuple[Any, ...]
    grad_out: tuple[Array | None, ...]
    state: dict[str, Array]
    held: Any = None
    seed: int = 0


def question_for(reference: Layer, *x: Any, seed: int = 0) -> Question:
    """Draw the question to ask of a layer, given a right one; of a loss ``x`` is the prediction and the target.

    Each ``x`` is a shape, filled with normal random numbers, or an array that is used as it is, or a tuple of these.
    """
    held = None
    if len(x) == 1 and is_sparse(x[0]):
        (held,) = x
        x = (held.tocsr().data,)
    drawn = draw(x, np.random.default_rng(seed))
    if isinstance(reference, Loss):
        prediction, held = drawn
        drawn, held = prediction if isinstance(prediction, tuple) else (prediction,), as_float(held, np.float64)
    trial = Trial(as_layer(reference, held), drawn, seed=seed)
    return Question(trial.x, trial.other_x, trial.grad_out, trial.layer.state_dict(), held, seed)


def as_layer(layer: Layer, held: Any) -> Layer:
    """Return the layer itself; of a loss the function of its prediction, of sparse rows that of their values."""
    if isinstance(layer, Loss):
        return Objective(layer, copies(held))
    return StoredValues(layer, held) if is_sparse(held) else layer


def ones_like(grad_out: tuple[Array | None, ...]) -> tuple[Array | None, ...]:
    """Return upstream gradients of ones."""
    return tuple(None if grad is None else np.ones_like(grad) for grad in grad_out)


def first_alone(grad_out: tuple[Array | None, ...]) -> tuple[Array | None, ...]:
    """Return upstream gradients that are zero outside of the first entry of the batch."""
    kept = copies(grad_out)
    for grad in kept:
        if is_float(grad) and grad.ndim:
            grad[1:] = 0
    return tuple(kept)


def jacobian_rows(shapes: Sequence[Shape | None]) -> Iterator[tuple[Array | None, ...]]:
    """Yield an upstream gradient for each output alone: one there, zero elsewhere; ``ROWS`` of them at most."""
    for leaf, place in jacobian_places(shapes):
        row = [None if shape is None else np.zeros(shape) for shape in shapes]
        chosen = row[leaf]
        if chosen is not None:
            chosen[np.unravel_index(place, chosen.shape) if chosen.ndim else ()] = 1
        yield tuple(row)


def jacobian_places(shapes: Sequence[Shape | None]) -> list[tuple[int, int]]:
    """Return which outputs these are: the number of the array, and the place in it, counted flat."""
    places = [(leaf, place) for leaf, shape in enumerate(shapes) if shape is not None for place in range(prod(shape))]
    if len(places) <= ROWS:
        return places
    return [places[index] for index in np.linspace(0, len(places) - 1, ROWS).astype(int)]


def whole(grad_out: tuple[Array | None, ...]) -> Any:
    """Return upstream gradients as ``backward`` wants them."""
    return packed(flatten(copies(grad_out)))
