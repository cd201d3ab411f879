"""The zoo: sizes known from the papers, and a step of training for each."""

import numpy as np
import pytest

from chainrule.layers import Tanh
from chainrule.layers.core import ValueRangeError
from chainrule.models import summary
from chainrule.models.zoo import autoencoder, lenet5, mlp, resnet, vgg


@pytest.mark.parametrize(("model", "shape", "parameters"), [
    (mlp([784, 256, 128, 10]), (784,), 235_146),
    (lenet5(), (1, 28, 28), 61_706),
    (resnet(), (3, 32, 32), 272_474),
    (autoencoder([64, 32, 8]), (64,), 2 * (64 * 32 + 32 * 8) + 32 + 8 + 32 + 64),
    (vgg(), (3, 32, 32), None),
])
def test_sizes(model, shape, parameters):
    whole = summary(model, shape).total
    x = np.random.default_rng(0).normal(size=(3, *shape)).astype(np.float32)
    y = model.forward(x)
    assert y.shape[1:] == whole.y_shapes[0]
    assert model.backward(np.ones_like(y)).shape == x.shape
    assert all(parameter.reached for parameter in model.parameters())
    if parameters is not None:
        assert whole.parameters == parameters


def test_options_of_the_mlp():
    assert [type(layer).__name__ for layer in mlp([4, 3, 2], activation=Tanh, dropout=0.1)] == [
        "Linear", "Tanh", "Dropout", "Linear"]
    with pytest.raises(ValueRangeError, match="mlp expected sizes of input and output at least, got"):
        mlp([4])
