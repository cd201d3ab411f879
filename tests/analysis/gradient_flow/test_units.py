"""Dead and flat units, counted by hand."""

import numpy as np

from chainrule.analysis.gradient_flow import dead_units, saturated_units
from chainrule.layers import Dropout, ReLU, ReLU6, Sigmoid, Tanh
from chainrule.models import Residual, Sequential


def test_dead_are_those_that_are_zero_for_all():
    x = np.array([[1.0, -1.0, 0.0], [-2.0, -3.0, -1.0]])
    assert {path: found.tolist() for path, found in dead_units(Sequential(ReLU(), Residual(ReLU6())), x).items()} == {
        "0": [False, True, True], "1.branch": [False, True, True]}


def test_of_images_a_channel_is_a_unit():
    x = np.full((2, 3, 2, 2), -1.0)
    x[1, 2, 0, 1] = 0.5
    assert dead_units(Sequential(ReLU()), x)["0"].tolist() == [True, True, False]


def test_flat_is_where_the_slope_is_below_a_twentieth_of_the_largest():
    bound = {Sigmoid: np.log((1 + np.sqrt(0.95)) / (1 - np.sqrt(0.95))), Tanh: np.arctanh(np.sqrt(0.95))}
    for kind, edge in bound.items():
        x = edge * np.array([[0.99, 1.01], [-0.99, -1.01], [0.0, 0.0], [-1.01, 5.0]])
        assert saturated_units(Sequential(kind()), x)["0"].tolist() == [0.25, 0.75]


def test_modes_stay():
    model = Sequential(Dropout(0.9), ReLU())
    assert dead_units(model, np.ones((1, 4)))["1"].tolist() == [False] * 4      # seen in evaluation mode
    assert model.training and model[0].training
