"""A network that trains with other layers in the place of some of its own."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

import numpy as np

from ...layers.core import Buffer, Description, Layer, Parameter, Shape, call, call_back, members
from ..view import View

__all__ = ["Substituted"]


class Substituted(View):
    """A network that in training runs with stand-ins for some of its layers; in evaluation it is the network.

    A stand-in computes with the weights of the layer that it stands in for, so nothing of its own is trained.

    Attributes:
        model: the network, whose layers are those of this one, under their own names

    Gradients:
        those of the network with the stand-ins

    Source: ours; copies of containers around shared layers, as ``copy.deepcopy`` makes them.

    Example:
        >>> from chainrule.backprop import CheckpointedLayer, Substituted
        >>> gru = GRU(3, 4)
        >>> network = Substituted(Sequential(gru, Select(0)), {gru: CheckpointedLayer(gru, slots=2)})
        >>> y = network.forward(np.ones((9, 2, 3), np.float32))
        >>> y.shape, network.backward(np.ones_like(y)).shape, list(network.state_dict())[0]
        ((9, 2, 4), (9, 2, 3), '0.weight_ih_l0')
    """

    forward_mode_gap = "stand-ins are for going back; ask the network itself, its model"

    def __init__(self, model: Layer, stand_ins: Mapping[Layer, Layer]) -> None:
        super().__init__(model)
        self._other = _with(model, stand_ins)

    def forward(self, *x: Any) -> Any:
        self.cache = None
        y, self.cache = call(self._other if self.training else self.model, *x)
        return y

    def backward(self, grad_out: Any) -> Any:
        entry = self.saved()
        return call_back(entry.layer, entry, grad_out, needs_input_grad=self.needs_input_grad)

    def describe(self, *x_shapes: Shape) -> Description:
        """The description of the network with the stand-ins."""
        return self._other.describe(*x_shapes)


def _with(model: Layer, stand_ins: Mapping[Layer, Layer]) -> Layer:
    """Return a copy of the containers in which the stand-ins lie; all else is the network's own."""
    same: dict[int, Any] = {}
    for _, layer in model.named_layers():
        if not any(inside in stand_ins for _, inside in layer.named_layers()):
            same[id(layer)] = layer
        for kind in (Parameter, Buffer, np.random.Generator):
            same |= {id(each): each for _, each in members(layer, kind)}
    return deepcopy(model, same | {id(layer): stand_in for layer, stand_in in stand_ins.items()})
