"""A small convolutional network and some samples."""

import numpy as np
import pytest

import chainrule
from chainrule.layers import AvgPool2d, BatchNorm2d, Conv2d, Flatten, Linear, MaxPool2d, ReLU
from chainrule.models import Residual, Sequential


@pytest.fixture
def model():
    chainrule.manual_seed(0)
    made = Sequential(Conv2d(1, 4, 3, padding=1), BatchNorm2d(4), ReLU(), MaxPool2d(2),
                      Residual(Sequential(Conv2d(4, 4, 3, padding=1), ReLU())), AvgPool2d(2), Flatten(),
                      Linear(16, 7), ReLU(), Linear(7, 5)).astype(np.float64)
    made[1].running_mean.assign(np.array([0.1, -0.2, 0.3, 0.0]))
    return made


@pytest.fixture
def x():
    return np.random.default_rng(0).normal(size=(3, 1, 8, 8))
