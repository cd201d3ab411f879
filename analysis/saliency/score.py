"""The score of a class and its gradient at the input, from which most explanations are made."""

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from ...layers.core import Array, DtypeError, Layer, ShapeError, ValueRangeError, call, call_back, inference, show_shape
from ...training.modes import frozen, mode

__all__ = ["Target", "chosen", "explaining", "one_hot", "score_gradient", "scored_gradient", "scores_of"]

Target = int | Array | None
"""The class to be explained: one for all samples, one for each (N,), or None for the one that is predicted."""

ROWS = 256      # that go through the network at once


@contextmanager
def explaining(model: Layer) -> Iterator[None]:
    """Put a model into evaluation mode with all parameters frozen; afterwards it is as it was, its cache too."""
    cache = model.cache
    try:
        with mode(model, False), frozen(model):
            yield
    finally:
        model.cache = cache


def scores_of(model: Layer, x: Array) -> Array:
    """Return the scores (N, C) of all classes.

    Raises: ShapeError when the network answers with another shape, DtypeError for inputs without a gradient.
    """
    _check(x)
    with explaining(model), inference():
        parts = [_rows(call(model, x[start:start + ROWS])[0]) for start in range(0, len(x), ROWS)]
    return np.concatenate(parts)


def chosen(model: Layer, x: Array, target: Target) -> Array:
    """Return the class to be explained of every sample, (N,).

    Raises: ValueRangeError for a class that the network does not know, ShapeError for another number of them.
    """
    scores = scores_of(model, x)
    if target is None:
        return np.asarray(scores.argmax(axis=1))
    classes = np.asarray(target)
    if classes.dtype.kind not in "iu" or classes.shape not in ((), (len(x),)):
        raise ShapeError(f"an explanation expected target as a class, or one for each of {len(x)} samples, got "
                         f"{classes.dtype} of shape {show_shape(classes.shape)}")
    if classes.min() < 0 or classes.max() >= scores.shape[1]:
        raise ValueRangeError(f"an explanation expected classes from 0 to {scores.shape[1] - 1}, got "
                              f"{classes.min()} to {classes.max()}")
    return np.array(np.broadcast_to(classes, len(x)))


def score_gradient(model: Layer, x: Array, target: Target = None) -> Array:
    """Return the gradient of the score of a class at every input, ``∂ scores[n, target[n]] / ∂ x[n]``.

    The parameters' gradients stay as they are.
    """
    return scored_gradient(model, x, chosen(model, x, target))[1]


def scored_gradient(model: Layer, x: Array, classes: Array) -> tuple[Array, Array]:
    """Return the scores of the samples' classes, (N,), and the gradient of each at its input."""
    scores, gradients = [], []
    with explaining(model):
        for start in range(0, len(x), ROWS):
            part = classes[start:start + ROWS]
            y, entry = call(model, x[start:start + ROWS])
            scores.append(_rows(y)[np.arange(len(part)), part])
            gradients.append(call_back(model, entry, one_hot(y, part)))
    return np.concatenate(scores), np.concatenate(gradients)


def one_hot(y: Array, classes: Array) -> Array:
    """Return the gradient at the outputs with which the way back begins: one at the score of the class."""
    grad_out = np.zeros_like(y)
    _rows(grad_out)[np.arange(len(y)), classes] = 1
    return grad_out


def _rows(y: Array) -> Array:
    if not isinstance(y, np.ndarray) or y.ndim not in (1, 2):
        raise ShapeError(f"an explanation expected a network with scores of shape (N, C), got "
                         f"{show_shape(y.shape) if isinstance(y, np.ndarray) else type(y).__name__}")
    return y.reshape(len(y), -1)


def _check(x: Array) -> None:
    if not isinstance(x, np.ndarray) or x.dtype.kind != "f":
        raise DtypeError(f"an explanation expected x as one array of floating-point numbers, got "
                         f"{x.dtype if isinstance(x, np.ndarray) else type(x).__name__}")
    if x.ndim < 2 or not len(x):
        raise ShapeError(f"an explanation expected x of shape (N, ...), at least one sample, got {show_shape(x.shape)}")
