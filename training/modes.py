"""The states a network is in while it is trained or judged, and back to what they were, whatever happens."""

from collections.abc import Iterator
from contextlib import contextmanager

from ..layers.core import Layer, inference

__all__ = ["evaluation_mode", "frozen", "training_mode"]


@contextmanager
def training_mode(model: Layer) -> Iterator[None]:
    """Put every layer into training mode and let the first ones skip the gradient of the data, which nobody wants."""
    before = model.needs_input_grad
    with _mode(model, True):
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
    with _mode(model, False), inference():
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
def _mode(model: Layer, mode: bool) -> Iterator[None]:
    before = [(layer, layer.training) for _, layer in model.named_layers()]
    model.train(mode)
    try:
        yield
    finally:
        for layer, was in before:       # one by one: a part may have been in another mode than the rest
            layer.training = was
