"""The battery as a whole: what it runs, what it takes, what it leaves alone."""

import numpy as np
import pytest

import chainrule
from chainrule.layers import Dropout, Identity, Layer, Linear, ReLU, Tanh
from chainrule.layers.core import ShapeError
from chainrule.testing import check_layer
from chainrule.testing.calls import CALL_CHECKS
from chainrule.testing.states import STATE_CHECKS


class Recurrent(Layer):
    """One step of a simple recurrent layer: input and state in a tuple, an output twice."""

    def __init__(self):
        self.linear = Linear(3, 3)

    def forward(self, x, state):
        h, (c,) = state
        y = self.linear.forward(x) + h * c
        self.cache = (self.linear.cache, h, c)
        return y, (y[0], None)

    def backward(self, grad_out):
        self.linear.cache, h, c = self.saved()
        grad_y = 0 if grad_out[0] is None else grad_out[0]
        if grad_out[1] is not None:
            grad_y = grad_y + np.pad(grad_out[1][None], [(0, len(h) - 1), (0, 0)])
        if isinstance(grad_y, int):
            return (None,) * 3
        return self.linear.backward(grad_y), grad_y * c, grad_y * h


class NeedsTwo(Identity):
    def forward(self, x):
        if len(x) < 2:
            raise ShapeError("at least two rows")
        return super().forward(x)

    def describe(self, *x_shapes):
        if x_shapes[0][0] < 2:
            raise ShapeError("at least two rows")
        return super().describe(*x_shapes)


class OnlyAlone(Identity):
    def adjoint(self, grad_out, x_shape):
        return grad_out if x_shape[0] > 1 else 2 * grad_out


class EvaluationWrong(Dropout):
    def backward(self, grad_out):
        return super().backward(grad_out if self.saved().mask is not None else 2 * grad_out)


def test_a_right_layer_passes_every_check():
    report = check_layer(Linear(5, 3), (7, 5))
    assert report.problems == []
    assert report.subject == "Linear(5, 3)"
    names = " ".join(report.checked)
    for check in (*CALL_CHECKS, *STATE_CHECKS):
        assert check.__name__.replace("_", " ") in names


def test_problems_say_in_which_mode():
    report = check_layer(EvaluationWrong(0.3), (7, 5))
    assert report.problems
    assert all(problem.endswith("(in evaluation)") for problem in report.problems)


def test_evaluation_is_checked_apart_only_where_it_differs():
    assert not [name for name in check_layer(Tanh(), (3, 2)).checked if "evaluation" in name]
    assert [name for name in check_layer(Dropout(0.3), (7, 5)).checked if "evaluation" in name]


def test_arrays_are_used_as_they_are():
    x = np.array([[0.0, 1.0], [-1.0, 0.0], [2.0, 3.0]])
    assert "2 of 6 values lie at a kink" in check_layer(ReLU(), x).kinks[0]
    assert check_layer(ReLU(), (3, 2)).kinks == []


def test_float32_arrays_are_checked_in_float64():
    assert check_layer(Linear(5, 3), np.ones((7, 5), np.float32)).problems == []


def test_nested_inputs_and_outputs():
    problems = check_layer(Recurrent(), (4, 3), ((4, 3), ((3,),)), batch_axis=None).problems
    assert any("grad_x[2]" in problem for problem in problems)          # grad of c: not summed over the batch
    assert not any("grad_x[0]" in problem or "linear.weight.grad against" in problem for problem in problems)


def test_the_batch_of_one_is_checked_and_may_be_refused():
    assert check_layer(NeedsTwo(), (4, 3)).problems == []
    assert any(problem.startswith("batch of one: grad_x") for problem in check_layer(OnlyAlone(), (4, 3)).problems)
    assert check_layer(OnlyAlone(), (4, 3), batch_axis=None).problems == []
    assert check_layer(OnlyAlone(), (4, 3), batch_axis=1).problems == []


def test_an_error_in_forward_is_one_problem():
    report = check_layer(Linear(5, 3), (7, 4))
    assert report.problems[0] == ("forward: raised ShapeError: Linear(5, 3) expected x of shape (..., 5), got (7, 4) "
                                  "(in training)")
    assert report.checked == []


def test_an_error_in_backward_is_a_problem_of_each_check():
    class Half(Identity):
        def backward(self, grad_out):
            raise NotImplementedError("Linear.backward")
    problems = check_layer(Half(), (3, 2)).problems
    assert "gradients: raised NotImplementedError: Linear.backward (in training)" in problems


def test_layer_and_common_generator_are_left_alone():
    layer = Dropout(0.5)
    x = np.ones((5, 4))
    y = layer.forward(x)
    cache, state = layer.cache, chainrule.layers.core.get_rng_state()
    check_layer(layer, x)
    assert layer.cache is cache
    assert chainrule.layers.core.get_rng_state() == state
    np.testing.assert_array_equal(x, np.ones((5, 4)))
    assert layer.backward(x).tolist() == y.tolist()


def test_one_seed_gives_one_report():
    class Noisy(Identity):
        def adjoint(self, grad_out, x_shape):
            return grad_out * 1.5
    assert check_layer(Noisy(), (3, 2), seed=5).problems == check_layer(Noisy(), (3, 2), seed=5).problems
    assert check_layer(Noisy(), (3, 2), seed=5).problems != check_layer(Noisy(), (3, 2), seed=6).problems


@pytest.mark.parametrize("seed", range(20))
def test_no_false_alarm_over_seeds(seed):
    model = chainrule.models.Sequential(Linear(5, 4), ReLU(), Dropout(0.2), Linear(4, 3))
    assert check_layer(model, (6, 5), seed=seed).problems == []
