"""Groups of parameters by name: every parameter in one group, with the options and steps of PyTorch's groups."""

import numpy as np
import pytest

from chainrule.layers import Linear, Tanh
from chainrule.layers.core import UnknownNameError, ValueRangeError
from chainrule.models import Sequential
from chainrule.optim import SGD, StepLR
from chainrule.training import parameter_groups
from chainrule.training.layer_names import matches


def network():
    return Sequential(Linear(3, 4), Tanh(), Sequential(Linear(4, 2), Linear(2, 2)))


@pytest.mark.parametrize(("pattern", "fits"), [
    ("2", ["2.0.weight", "2.0.bias", "2.1.weight", "2.1.bias"]), ("2.1", ["2.1.weight", "2.1.bias"]),
    ("*.bias", ["0.bias", "2.0.bias", "2.1.bias"]), ("0.weight", ["0.weight"]), ("[02]", None), ("1", []),
])
def test_patterns(pattern, fits):
    names = [name for name, _ in network().named_parameters()]
    assert [name for name in names if matches(name, pattern)] == (names if fits is None else fits)


def test_every_parameter_is_in_the_first_group_that_names_it():
    model = network()
    groups = parameter_groups(model, [{"layers": ["2.1", "0.weight"], "lr": 0.5}, {"layers": "*.bias", "momentum": 0}])
    names = {id(parameter): name for name, parameter in model.named_parameters()}
    assert [[names[id(parameter)] for parameter in group["params"]] for group in groups] == [
        ["2.0.weight"], ["0.weight", "2.1.weight", "2.1.bias"], ["0.bias", "2.0.bias"]]
    optimizer = SGD(groups, lr=0.1, momentum=0.9)
    assert [(group["lr"], group["momentum"]) for group in optimizer.param_groups] == [(0.1, 0.9), (0.5, 0.9), (0.1, 0)]
    StepLR(optimizer, 1, 0.1).step()
    np.testing.assert_allclose([group["lr"] for group in optimizer.param_groups], [0.01, 0.05, 0.01])


def test_all_in_groups_of_their_own():
    assert len(parameter_groups(network(), [{"layers": "*", "lr": 1.0}])) == 1


def test_names_that_fit_nothing_and_groups_left_empty():
    with pytest.raises(UnknownNameError, match=r"unknown layer in parameter_groups 'encoder'; known: 0, 2.0, 2.1"):
        parameter_groups(network(), [{"layers": "encoder"}])
    with pytest.raises(ValueRangeError, match=r"'2\.1' to name parameters that no earlier group names"):
        parameter_groups(network(), [{"layers": "2"}, {"layers": "2.1"}])
    with pytest.raises(ValueRangeError, match="expected every group with the key 'layers', got lr"):
        parameter_groups(network(), [{"lr": 1.0}])
