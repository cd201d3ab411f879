"""What a trace holds: the very arrays of a step, and the formulas of the classes."""

import inspect

import numpy as np
import pytest

from chainrule.experiments import show_values, trace
from chainrule.experiments.binding.registry import KINDS
from chainrule.layers import Layer, Linear, ReLU, Tanh
from chainrule.losses import Loss, MSELoss
from chainrule.models import Residual, Sequential
from chainrule.testing.diagnosis import formulas


@pytest.fixture
def batch():
    rng = np.random.default_rng(0)
    return rng.standard_normal((5, 3)), rng.standard_normal((5, 2))


def test_steps_come_in_the_order_of_the_chain_rule(batch):
    model = Sequential(Linear(3, 4), Residual(Sequential(Linear(4, 4), Tanh())), Linear(4, 2))
    steps = [(step.direction, step.path) for step in trace(model, MSELoss(), *batch)]
    forward = ["0", "1.branch.0", "1.branch.1", "1", "2"]
    assert steps == [*(("forward", path) for path in forward), ("forward", ""), ("backward", ""),
                     *(("backward", path) for path in ["2", "1.branch.1", "1.branch.0", "1", "0"])]


def test_values_and_gradients_are_those_of_the_step(batch):
    x, target = batch
    model = Sequential(Linear(3, 2)).astype(np.float64)
    steps = [dict(step.arrays) for step in trace(model, MSELoss(), x, target)]
    weight, bias = model[0].weight.data, model[0].bias.data
    y = np.einsum("ni,oi->no", x, weight) + bias
    grad = (y - target) * 2 / y.size
    np.testing.assert_allclose(steps[0]["y"], y)
    np.testing.assert_allclose(steps[1]["loss"], ((y - target)**2).mean())
    np.testing.assert_allclose(steps[2]["grad_prediction"], grad)
    assert list(steps[3]) == ["grad_out", "grad_weight", "grad_bias", "grad_x"]
    np.testing.assert_allclose(steps[3]["grad_weight"], np.einsum("no,ni->oi", grad, x))
    np.testing.assert_allclose(steps[3]["grad_bias"], grad.sum(axis=0))
    np.testing.assert_allclose(steps[3]["grad_x"], np.einsum("no,oi->ni", grad, weight))


def test_a_trace_is_not_changed_by_what_comes_after(batch):
    model = Sequential(Linear(3, 2))
    steps = trace(model, MSELoss(), *batch)
    before = dict(steps[-1].arrays)["grad_weight"].copy()
    model.zero_grad()
    assert (dict(steps[-1].arrays)["grad_weight"] == before).all()


def test_a_single_layer_is_a_model_too(batch):
    assert [step.layer for step in trace(Linear(3, 2), MSELoss(), *batch)] == [
        "Linear(3, 2)", "MSELoss()", "MSELoss()", "Linear(3, 2)"]


def test_formulas_are_those_of_the_docstring(batch):
    steps = trace(Sequential(Linear(3, 2), ReLU()), MSELoss(), *batch)
    assert steps[0].formula == ("y = x @ weight.T + bias",)
    assert steps[1].formula == ("y = max(x, 0)",)
    assert steps[-2].formula == ("grad_x = grad_out * (y > 0); the subgradient at 0 is taken as 0",)
    assert steps[-1].formula[1].startswith("grad_weight = grad_out.T @ x")


@pytest.mark.parametrize("made", [function for kind in (Layer, Loss) for function in KINDS[kind].members.values()
                                  if inspect.isclass(function)])
def test_every_class_has_a_formula_for_the_way_back(made):
    assert formulas(made, "backward")


def test_small_arrays_are_shown_whole_and_large_ones_as_statistics():
    assert show_values(np.array([[1.0, -0.25], [0.0, 3.0]])) == "[[ 1.   -0.25]\n [ 0.    3.  ]]"
    assert show_values(np.float64(0.5)) == "0.5"
    assert show_values(np.arange(3)) == "[0 1 2]"
    x = np.array([3.0, -4.0] * 50)
    assert show_values(x) == "least -4, mean -0.5, largest 3, root mean square 3.536"
    assert show_values(np.zeros((4, 9))).startswith("least 0")


def test_numbers_and_caches_stand_beside_the_formulas(batch):
    steps = trace(Sequential(Linear(3, 2), ReLU()), MSELoss(), *batch)
    assert steps[0].numbers[0].startswith("y[0, 0] = [")
    assert steps[0].cache == (("cache", "(5, 3)"),)
    assert [line.partition(" = ")[0] for line in steps[-1].numbers] == ["grad_x[0, 0]", "grad_weight[0, 0]",
                                                                        "grad_bias[0]"]
