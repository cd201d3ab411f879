"""Which networks are locally linear, and which layer is named where one is not."""

import pytest

from chainrule.backprop import bent_layer
from chainrule.layers import (
    LSTM,
    Conv2d,
    LayerNorm,
    Linear,
    MaxPool2d,
    MultiheadAttention,
    ReLU,
    Sigmoid,
    WeightNorm,
)
from chainrule.models import Residual, Sequential


def test_layers_without_curvature():
    assert bent_layer(Sequential(Conv2d(1, 2, 3), ReLU(), MaxPool2d(2), Residual(Linear(3, 3)))) is None


@pytest.mark.parametrize("layer", [Sigmoid(), LayerNorm(3), LSTM(3, 3), MultiheadAttention(4, 2),
                                   WeightNorm(Linear(3, 3))])
def test_one_layer_bends_the_whole(layer):
    assert bent_layer(Sequential(ReLU(), Residual(layer))) == f"{layer.title} at '1.branch'"
