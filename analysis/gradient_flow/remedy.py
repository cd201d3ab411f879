"""What helps a network whose gradient vanishes, done to it."""

import copy
import math
from collections.abc import Iterator

from ...layers import BatchNorm1d, BatchNorm2d, Conv2d, Linear, ReLU, Sigmoid, Tanh
from ...layers.core import DtypeError, Layer, Parameter
from ...layers.init import constant_, kaiming_normal_, zeros_
from ...models import Residual, Sequential

__all__ = ["REMEDIES", "remedied"]

REMEDIES = ("ReLU for Sigmoid and Tanh, weights after He, a batch norm before every activation, "
            "Residual where widths are equal, the norms in n branches beginning at 1/√n")
_BENT = (ReLU, Sigmoid, Tanh)


def remedied(model: Sequential) -> Sequential:
    """Return a new network with what the doctor proposes against a gradient that vanishes.

    ReLU stands in the place of Sigmoid and Tanh, a batch norm before it behind Linear and Conv2d, and weights begin
    anew, after He, with zero biases; a Linear of equal widths gets a way around it. The weights of the norms in n such
    branches begin at 1/√n, so that all together they add as much as one. Inner Sequentials are treated alike; other
    layers are copied.

    Raises: DtypeError for a network that is no Sequential.

    Source: He et al. 2015, section 2.2; Ioffe & Szegedy 2015, section 3.2; Glorot, Bordes & Bengio 2011; De & Smith
        2020, section 3 (branches that begin small).

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
    branches: list[Parameter] = []
    treated = Sequential(*_layers(model, branches))
    for weight in branches:
        constant_(weight, 1 / math.sqrt(len(branches)))
    return treated


def _layers(model: Sequential, branches: list[Parameter]) -> Iterator[Layer]:
    """Yield the layers of the new network; the weights of norms in new branches are added to ``branches``."""
    layers: list[Layer | None] = [*model, None]
    for before, layer, following in zip([None, *layers], layers, layers[1:], strict=False):
        if isinstance(layer, Sequential):
            yield Sequential(*_layers(layer, branches))
        elif isinstance(layer, Linear) and isinstance(following, _BENT):
            norm = BatchNorm1d(layer.out_features)
            steps = (_restarted(layer), norm, ReLU())
            if layer.in_features == layer.out_features and norm.weight is not None:
                branches.append(norm.weight)
                yield Residual(Sequential(*steps))
            else:
                yield from steps
        elif isinstance(layer, Conv2d) and isinstance(following, _BENT):
            yield from (_restarted(layer), BatchNorm2d(layer.out_channels), ReLU())
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
