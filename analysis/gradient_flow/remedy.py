"""What helps a network whose gradient vanishes, done to it."""

import copy
from collections.abc import Iterator

from ...layers import BatchNorm1d, BatchNorm2d, Conv2d, Linear, ReLU, Sigmoid, Tanh
from ...layers.core import DtypeError, Layer
from ...layers.init import kaiming_normal_, zeros_
from ...models import Residual, Sequential

__all__ = ["REMEDIES", "remedied"]

REMEDIES = ("ReLU for Sigmoid and Tanh, weights after He, a batch norm before every activation, "
            "Residual where widths are equal")
_BENT = (ReLU, Sigmoid, Tanh)


def remedied(model: Sequential) -> Sequential:
    """Return a new network with what the doctor proposes against a gradient that vanishes.

    ReLU stands in the place of Sigmoid and Tanh, a batch norm before it behind Linear and Conv2d, and weights begin
    anew, after He, with zero biases; a Linear of equal widths gets a way around it. Inner Sequentials are treated
    alike; other layers are copied.

    Raises: DtypeError for a network that is no Sequential.

    Source: He et al. 2015, section 2.2; Ioffe & Szegedy 2015, section 3.2; Glorot, Bordes & Bengio 2011.

    Example:
        >>> from chainrule.analysis.gradient_flow import remedied
        >>> remedied(Sequential(Linear(64, 32), Sigmoid(), Linear(32, 10)))
        Sequential(
          (0): Linear(64, 32)
          (1): BatchNorm1d(32)
          (2): ReLU()
          (3): Linear(32, 10)
        )
    """
    if not isinstance(model, Sequential):
        raise DtypeError(f"remedied expected a Sequential, got {type(model).__name__}")
    return Sequential(*_layers(model))


def _layers(model: Sequential) -> Iterator[Layer]:
    layers: list[Layer | None] = [*model, None]
    for before, layer, following in zip([None, *layers], layers, layers[1:], strict=False):
        if isinstance(layer, Sequential):
            yield remedied(layer)
        elif isinstance(layer, (Linear, Conv2d)) and isinstance(following, _BENT):
            norm = BatchNorm1d(layer.out_features) if isinstance(layer, Linear) else BatchNorm2d(layer.out_channels)
            steps = (_restarted(layer), norm, ReLU())
            if isinstance(layer, Linear) and layer.in_features == layer.out_features:
                yield Residual(Sequential(*steps))
            else:
                yield from steps
        elif isinstance(layer, (Linear, Conv2d)):
            yield _restarted(layer)
        elif isinstance(layer, _BENT):
            if not isinstance(before, (Linear, Conv2d)):
                yield ReLU()
        elif layer is not None:
            yield copy.deepcopy(layer)


def _restarted(layer: Linear | Conv2d) -> Layer:
    twin = copy.deepcopy(layer)
    kaiming_normal_(twin.weight, nonlinearity="relu")
    if twin.bias is not None:
        zeros_(twin.bias)
    return twin
