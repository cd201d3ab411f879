"""A layer of your own: write it, check it, see what the check says of a mistake, train with it."""

from typing import NamedTuple

import numpy as np

import chainrule as cr
from chainrule.data import moons
from chainrule.layers import Layer, Linear, Parameter
from chainrule.layers.core import Array, Kept, Shape, as_dtype, check_shape
from chainrule.losses import CrossEntropyLoss
from chainrule.models import Sequential
from chainrule.optim import Adam
from chainrule.testing import check_layer


class WaveCache(NamedTuple):
    """The input."""

    x: Array


class Wave(Layer):
    """A sine with a learned frequency for each feature, ``y = sin(frequency * x)``.

    Shapes:
        x, y:      (N, features)
        frequency: (features,)

    Gradients:
        grad_x         = grad_out * cos(frequency * x) * frequency
        grad_frequency = grad_out * cos(frequency * x) * x, summed over the rows
    """

    def __init__(self, features: int) -> None:
        self.features = features
        self.frequency = Parameter(np.ones(features))

    def forward(self, x: Array) -> Array:
        check_shape(x, ("N", self.features), name="x", owner=self)
        self.cache = WaveCache(x)
        return np.sin(self.frequency.data * x).astype(self.frequency.dtype)

    def backward(self, grad_out: Array) -> Array | None:
        (x,) = self.saved()
        slope = grad_out * np.cos(self.frequency.data * x)
        if self.frequency.requires_grad:
            self.frequency.grad += (slope * x).sum(axis=0)
        return as_dtype(slope * self.frequency.data, x.dtype) if self.needs_input_grad else None

    def describe(self, *x_shapes: Shape):
        (x_shape,) = x_shapes
        check_shape(x_shape, ("N", self.features), name="x", owner=self)
        return self.description(x_shape, multiply_adds=int(np.prod(x_shape)), kept=(Kept("x0", int(np.prod(x_shape))),))


class ForgetfulWave(Wave):
    """The same, with a mistake: the inner derivative is missing."""

    def backward(self, grad_out: Array) -> Array | None:
        super().backward(grad_out)
        (x,) = self.saved()
        return as_dtype(grad_out * np.cos(self.frequency.data * x), x.dtype) if self.needs_input_grad else None


print(check_layer(Wave(5), (7, 5)))
print(str(check_layer(ForgetfulWave(5), (7, 5))).splitlines()[1])

cr.manual_seed(0)
model = Sequential(Linear(2, 16), Wave(16), Linear(16, 2))
x, y = moons(200)[:]
model.fit(x, y, loss=CrossEntropyLoss(), optimizer=Adam(model.parameters(), lr=0.02), epochs=60,
          metrics=["accuracy"], verbose=20)
print("frequencies learned:", model[1].frequency.data.round(2))
