"""Parameters as one vector, there and back."""

import numpy as np

from chainrule.layers.core import Parameter
from chainrule.optim.vector import gradient_vector, place, split, value_vector


def test_values_gradients_and_the_way_back():
    parameters = [Parameter(np.arange(6.0).reshape(2, 3)), Parameter(np.array([7.0]), requires_grad=False),
                  Parameter(np.array([8.0, 9.0]))]
    for parameter in parameters[:2]:
        parameter.grad = 10 * parameter.data
    vector = value_vector(iter(parameters))
    np.testing.assert_array_equal(vector, [0, 1, 2, 3, 4, 5, 7, 8, 9])
    np.testing.assert_array_equal(gradient_vector(iter(parameters)), [0, 10, 20, 30, 40, 50, 0, 0, 0])
    place(iter(parameters), -vector.astype(np.float64))
    np.testing.assert_array_equal(value_vector(parameters), -vector)
    assert [piece.shape for piece in split(parameters, vector)] == [(2, 3), (1,), (2,)]
    assert {parameter.dtype.name for parameter in parameters} == {"float32"}
