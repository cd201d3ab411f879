"""The states a network is in while it is trained or judged, and back to what they were, whatever happens."""

from collections.abc import Iterator
from contextlib import contextmanager

from ..layers.core import Layer, inference

__all__ = ["evaluation_mode", "frozen", "mode", "standing", "training_mode"]


@contextmanager
def training_mode(model: Layer) -> Iterator[None]:
    """Put every layer into training mode and let the first ones skip the gradient of the data, which nobody wants."""
    before = model.needs_input_grad
    with mode(model, True):
        model.needs_input_grad = False
        try:
            yield
        finally:
            model.needs_input_grad = before


@contextmanager
def evaluation_mode(model: Layer) -> Iterator[None]:
    """Put every layer into evaluation mode, in which no cache is kept.

    Example:
        >>> dropout = Dropout(0.5)
        >>> with evaluation_mode(dropout):
        ...     dropout.forward(np.ones(3, np.float32))
        array([1., 1., 1.], dtype=float32)
        >>> dropout.training
        True
    """
    with mode(model, False), inference():
        yield


@contextmanager
def frozen(layer: Layer) -> Iterator[None]:
    """Let no parameter of a layer have a gradient; that of its input flows through.

    Example:
        >>> layer, x = Linear(3, 2), np.ones((4, 3), np.float32)
        >>> with frozen(layer):
        ...     layer.forward(x)[0].shape, layer.backward(np.ones((4, 2), np.float32)).shape
        ((2,), (4, 3))
        >>> layer.weight.reached, layer.weight.requires_grad
        (False, True)
    """
    before = [(parameter, parameter.requires_grad) for parameter in layer.parameters()]
    layer.requires_grad_(False)
    try:
        yield
    finally:
        for parameter, was in before:
            parameter.requires_grad = was


@contextmanager
def standing(layer: Layer) -> Iterator[None]:
    """Let no parameter have a tangent, so that of all that can move only the input does."""
    before = [(parameter, parameter.dot) for parameter in layer.parameters()]
    for parameter, _ in before:
        parameter.dot = None
    try:
        yield
    finally:
        for parameter, dot in before:
            parameter.dot = dot


@contextmanager
def mode(model: Layer, training: bool) -> Iterator[None]:
    """Put every layer into training mode, or into evaluation mode with the caches that a way back needs."""
    before = [(layer, layer.training) for _, layer in model.named_layers()]
    model.train(training)
    try:
        yield
    finally:
        for layer, was in before:       # one by one: a part may have been in another mode than the rest
            layer.training = was
