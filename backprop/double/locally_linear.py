"""Which networks are linear around almost every point, so that half of double backpropagation is zero."""

from ...layers.core import Layer, Parameter, members
from ...models import Model

__all__ = ["bent_layer"]


def bent_layer(model: Layer) -> str | None:
    """Return the first layer that is not locally linear, as errors name it; None if the network is locally linear.

    A network of ``models`` is what its layers are; every other layer says so itself.

    Example:
        >>> from chainrule.backprop import bent_layer
        >>> bent_layer(Sequential(Linear(3, 4), ReLU(), Linear(4, 2))) is None
        True
        >>> bent_layer(Sequential(Linear(3, 4), Tanh(), Linear(4, 2)))
        "Tanh() at '1'"
    """
    return _first(model, "")


def _first(layer: Layer, path: str) -> str | None:
    if layer.locally_linear:
        return None
    if not isinstance(layer, Model) or any(True for _ in members(layer, Parameter)):
        return f"{layer.title} at {path!r}"
    found = (_first(child, f"{path}.{name}" if path else name) for name, child in layer.children())
    return next((each for each in found if each is not None), None)
