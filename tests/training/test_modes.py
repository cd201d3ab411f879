"""Modes: set for a while, and afterwards, part by part, what they were."""

import numpy as np
import pytest

from chainrule.layers import Dropout, Linear
from chainrule.layers.core import StateError
from chainrule.models import Sequential
from chainrule.training import evaluation_mode
from chainrule.training.modes import training_mode


@pytest.mark.parametrize("mode", [training_mode, evaluation_mode])
@pytest.mark.parametrize("error", [None, ValueError, KeyboardInterrupt])
def test_every_part_gets_its_own_mode_back(mode, error):
    model = Sequential(Linear(2, 2), Dropout(0.5), Linear(2, 2))
    model[1].eval()
    model.needs_input_grad = True
    try:
        with mode(model):
            assert [layer.training for layer in model] == [mode is training_mode] * 3
            if error:
                raise error
    except (ValueError, KeyboardInterrupt):
        pass
    assert (model.training, [layer.training for layer in model]) == (True, [True, False, True])
    assert model.needs_input_grad


def test_in_training_nobody_computes_the_gradient_of_the_data():
    model = Sequential(Linear(2, 2), Dropout(0.5), Linear(2, 2))
    x = np.ones((3, 2), np.float32)
    with training_mode(model):
        model.forward(x)
        assert model.backward(x) is None
    model.forward(x)
    assert model.backward(x).shape == (3, 2)


def test_in_evaluation_there_is_no_way_back():
    model = Sequential(Linear(2, 2))
    with evaluation_mode(model):
        model.forward(np.ones((3, 2), np.float32))
    with pytest.raises(StateError, match="run forward outside of inference"):
        model.backward(np.ones((3, 2), np.float32))
