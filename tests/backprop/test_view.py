"""Views of a network: its own layers, names, modes and addresses."""

import numpy as np
import pytest

from chainrule.backprop import plan
from chainrule.backprop.view import View
from chainrule.layers import Dropout, Linear, Tanh
from chainrule.layers.core import ShapeError
from chainrule.models import Residual, Sequential


def network():
    return Sequential(Linear(4, 4), Residual(Sequential(Linear(4, 4), Dropout(0.5))), Tanh())


def test_all_of_it_is_the_networks():
    model = network()
    view = View(model)
    assert list(view.state_dict()) == list(model.state_dict())
    assert all(one is other for one, other in zip(view.parameters(), model.parameters(), strict=True))
    view.eval()
    assert not model[1].branch[1].training and not view.training
    assert view.place("1.branch.0") == "layer 1 of 2 of Sequential in branch of Residual in layer 2 of 3 of Sequential"
    assert view.describe((5, 4)) == model.describe((5, 4))


def test_errors_have_the_networks_addresses():
    planned = plan(network(), (5, 4), budget="100%", objective="memory")
    with pytest.raises(ShapeError) as caught:
        planned.forward(np.ones((5, 3), np.float32))
    assert caught.value.__notes__[-1] == "in layer 1 of 3 of Sequential"
