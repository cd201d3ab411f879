"""check_step: the place where the first non-finite value appears, and nothing changed by looking."""

import numpy as np
import pytest

from chainrule.layers import Divide, Dropout, Linear, Log, Power, Tanh
from chainrule.layers.core import Layer, NonFiniteError, Parameter, message
from chainrule.losses import MSELoss, NLLLoss
from chainrule.models import Graph, Residual, Sequential
from chainrule.training import check_step


@pytest.fixture(autouse=True)
def _quiet():
    with np.errstate(all="ignore"):
        yield


def complaint(model, x, y, loss=None):
    with pytest.raises(NonFiniteError) as caught:
        check_step(model, loss or MSELoss(), x, y)
    return message(caught.value)


def test_the_layer_that_began_it_is_named_with_its_address():
    model = Sequential(Linear(3, 3), Residual(Sequential(Tanh(), Log())), Linear(3, 2))
    found = complaint(model, -np.ones((4, 3), np.float32), np.zeros((4, 2), np.float32))
    assert found.startswith("Log() gave ")
    assert found.endswith("; in layer 2 of 2 of Sequential; in branch of Residual; in layer 2 of 3 of Sequential")


def test_in_a_graph_the_node_is_named():
    graph = Graph(["x"], {"h": (Linear(2, 2), "x"), "q": (Divide(), "h", "h")}, ["q"])
    for parameter in graph.parameters():
        parameter.data = np.zeros(parameter.shape)
    found = complaint(graph, np.ones((3, 2), np.float32), np.zeros((3, 2), np.float32))
    assert found.startswith("Divide() gave 6 non-finite of 6 values, the first at [0, 0]: nan")
    assert found.endswith("in node 'q' of Graph")


def test_parameters_that_are_broken_already_are_named():
    model = Sequential(Linear(2, 3), Linear(3, 1))
    model[1].weight.data[0, 2] = np.inf
    found = complaint(model, np.ones((2, 2), np.float32), np.ones((2, 1), np.float32))
    assert found.startswith("Linear(3, 1) gave 2 non-finite of 2 values because its weight is not finite any more")


def test_a_gradient_can_be_the_first():
    model = Sequential(Linear(2, 2, bias=False), Power(0.5), Linear(2, 1))
    model[0].weight.data[...] = 0
    found = complaint(model, np.ones((2, 2), np.float32), np.ones((2, 1), np.float32))
    assert found.startswith("Power(exponent=0.5) gave back 4 non-finite of 4 values")
    assert found.endswith("in layer 2 of 3 of Sequential")


class Broken(Layer):
    """Passes everything on, and leaves a NaN in the gradient of its parameter."""

    def __init__(self):
        self.weight = Parameter([[1.0]])

    def forward(self, x):
        self.cache = ()
        return x

    def backward(self, grad_out):
        self.weight.grad = [[np.nan]]
        return grad_out


def test_a_gradient_of_a_parameter_can_be_the_first():
    found = complaint(Sequential(Tanh(), Broken()), np.ones((2, 1)), np.zeros((2, 1)))
    assert found.startswith("Broken() left in the gradient of its weight 1 non-finite of 1 values, the first at [0, 0]")


@pytest.mark.parametrize(("x", "y", "shown"), [
    (np.nan, 0.0, "x of the batch has 6 non-finite of 6 values, the first at [0, 0]: nan"),
    (0.0, np.inf, "y of the batch has 6 non-finite of 6 values, the first at [0, 0]: inf"),
])
def test_the_data_come_first(x, y, shown):
    assert complaint(Sequential(Tanh()), np.full((3, 2), x), np.full((3, 2), y)) == shown


def test_the_loss_comes_last():
    found = complaint(Sequential(Tanh()), np.full((2, 3), 1.0), np.array([-100, -100]), NLLLoss(ignore_index=-100))
    assert found == "NLLLoss() is not finite although the prediction is"


def test_a_network_of_one_layer_is_watched_too():
    assert complaint(Log(), np.zeros((1, 1)), np.zeros((1, 1))).startswith("Log() gave 1 non-finite of 1 values")


@pytest.mark.parametrize("value", [1.0, -1.0])
def test_looking_changes_nothing(value):
    rng = np.random.default_rng(0)
    model = Sequential(Linear(2, 3), Dropout(0.5, rng=rng), Log())
    for parameter in model.parameters():
        parameter.grad = np.full(parameter.shape, np.nan)
    model[0].bias.data[...] = 100 * value
    before, state = model.state_dict(), rng.bit_generator.state
    try:
        check_step(model[:2], MSELoss(), np.ones((4, 2)), np.ones((4, 3)))
        check_step(model, MSELoss(), np.ones((4, 2)), np.ones((4, 3)))
    except NonFiniteError:
        pass
    assert rng.bit_generator.state == state
    assert all((value == before[name]).all() for name, value in model.state_dict().items())
    assert all(np.isnan(parameter.grad).all() and parameter.reached for parameter in model.parameters())


def test_where_all_is_well_nothing_is_said():
    model = Sequential(Linear(2, 3), Dropout(0.5))
    model[0].weight.grad = np.full((3, 2), np.nan)      # left over from before, not from this batch
    check_step(model, MSELoss(), np.ones((4, 2)), np.ones((4, 3)))
