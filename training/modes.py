"""The states a network is in while it is trained or judged, and back to what they were, whatever happens."""

from collections.abc import Iterator
from contextlib import contextmanager

from ..layers.core import Layer, inference

__all__ = ["evaluation_mode", "training_mode"]


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
def _mode(model: Layer, mode: bool) -> Iterator[None]:
    before = [(layer, layer.training) for _, layer in model.named_layers()]
    model.train(mode)
    try:
        yield
    finally:
        for layer, was in before:       # one by one: a part may have been in another mode than the rest
            layer.training = was
