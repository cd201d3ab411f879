"""Gradients against differences: what is found, what is excused as a kink, and what is not."""

import numpy as np
import pytest

from chainrule.layers import Elementwise, Identity, Layer, Linear, Maximum, ReLU, Sigmoid, Tanh
from chainrule.testing.derivatives import Kink, complex_step, forward_repeats, gradients, judge
from chainrule.testing.numeric import entry_slopes
from chainrule.testing.trial import Trial

rng = np.random.default_rng(0)


def found(layer, *x, check=gradients, entries=48, tolerance=1e-6):
    trial = Trial(layer, tuple(np.asarray(array, float) for array in x))
    sentences = list(check(trial) if check is not gradients else check(trial, entries, tolerance))
    return [s for s in sentences if not isinstance(s, Kink)], [s for s in sentences if isinstance(s, Kink)]


class Spoiled(Identity):
    """The identity, whose gradient is wrong by ``error`` at one place of the input."""

    def __init__(self, place, error):
        self.place, self.error = place, error

    def adjoint(self, grad_out, x_shape):
        grad_x = grad_out.copy()
        grad_x[self.place] += self.error
        return grad_x


def test_right_gradients_give_nothing():
    assert found(Linear(3, 2), rng.normal(size=(4, 3))) == ([], [])


def test_the_wrong_entry_is_named():
    (problem,), kinks = found(Spoiled((2, 1), 0.5), rng.normal(size=(4, 3)))
    assert problem.startswith("grad_x against central differences: 1 of 12 values differ, first at index [2, 1]")
    assert not kinks


def test_one_wrong_entry_of_many_is_found_along_a_random_direction():
    (problem,), _ = found(Spoiled((17, 55), 0.5), rng.normal(size=(50, 60)))
    assert problem.startswith("grad_x along a random direction")


def test_small_errors_are_found():
    assert found(Spoiled((0, 0), 1e-4), rng.normal(size=(4, 3)))[0]


def test_tiny_gradients_are_checked_as_sharply():
    class Tiny(Identity):
        factor = 1.0

        def apply(self, x):
            return x * 1e-12

        def adjoint(self, grad_out, x_shape):
            return grad_out * 1e-12 * self.factor
    assert found(Tiny(), rng.normal(size=(4, 3))) == ([], [])
    Tiny.factor = 1.001
    assert "of 12 values differ" in found(Tiny(), rng.normal(size=(4, 3)))[0][0]


def test_kinks_are_reported_and_not_failed():
    x = np.array([[0.0, 1.0, -1.0], [2.0, 0.0, -3.0]])
    problems, kinks = found(ReLU(), x)
    assert problems == []
    assert kinks[0].startswith("grad_x: 2 of 6 values lie at a kink, the first with slopes ")


def test_a_tie_is_a_kink_of_both_inputs():
    problems, kinks = found(Maximum(), [1.0, 2.0, 3.0], [1.0, 5.0, -3.0])
    assert problems == []
    assert not kinks                # half of the gradient each is just what central differences say


def test_kinks_of_a_large_array_do_not_become_a_problem_along_a_direction():
    x = np.maximum(rng.normal(size=(30, 20)), 0)
    problems, kinks = found(ReLU(), x)
    assert problems == []
    assert len(kinks) == 1
    assert f"{(x == 0).sum()} of 600" in kinks[0]


def test_a_kink_close_by_is_stepped_around():
    assert found(ReLU(), [3e-6, -3e-6, 1.0]) == ([], [])


def test_wrong_values_are_not_excused_by_a_kink_elsewhere():
    class Half(ReLU):
        def slope(self, x, y):
            return (y > 0) * 0.9
    problems, _ = found(Half(), [0.0, 1.0, -1.0])
    assert "1 of 3 values differ, first at index [1]" in problems[0]


def test_wrong_values_at_a_kink_are_not_excused_if_no_slope_is_near():
    class Far(ReLU):
        def slope(self, x, y):
            return np.where(y > 0, 1.0, 50.0 * (np.abs(y) == 0))
    assert "index [0]" in found(Far(), [0.0, 1.0, -1.0])[0][0]


def test_a_jump_is_a_kink():
    class Step(Elementwise):
        keeps = "x"

        def value(self, x):
            return (x >= 0.5) * 1.0

        def slope(self, x, y):
            return np.zeros_like(x)
    problems, kinks = found(Step(), [0.5, 1.0, -1.0])
    assert problems == []
    assert "1 of 3" in kinks[0]
    Step.value = lambda self, x: np.sign(x - 0.5)           # as far down on the left as up on the right
    problems, kinks = found(Step(), [0.5, 1.0, -1.0])
    assert problems == []
    assert "1 of 3" in kinks[0]


def test_strong_curvature_is_no_kink():
    assert found(Sigmoid(), rng.normal(size=(3, 2)) * 1e-3) == ([], [])
    problems = judge("slope", lambda eps: entry_slopes(lambda v: np.sin(300 * v).sum(), np.array([0.2]), [0], eps=eps),
                     np.array([0.0]), 1e-6)
    assert not any(isinstance(sentence, Kink) for sentence in problems)


def test_none_stands_for_zero_and_only_for_zero():
    class Constant(Layer):
        factor = 0.0

        def forward(self, x):
            self.cache = ()
            return x * self.factor

        def backward(self, grad_out):
            self.saved()
    assert found(Constant(), [1.0, 2.0]) == ([], [])
    Constant.factor = 2.0
    assert "None, which stands for zero" in found(Constant(), [1.0, 2.0])[0][0]


def test_number_and_shape_of_the_gradients_are_checked():
    class Two(Maximum):
        def backward(self, grad_out):
            return super().backward(grad_out)[:1]

    class Turned(Tanh):
        def backward(self, grad_out):
            return super().backward(grad_out).T
    assert found(Two(), [1.0], [2.0])[0] == ["grad_x: expected 2 gradients, one for each input, received 1"]
    assert found(Turned(), np.ones((2, 3)))[0] == ["grad_x: expected shape (2, 3), received shape (3, 2)"]


def test_indices_get_no_gradient():
    class Rows(Layer):
        wrong = False

        def forward(self, x, rows):
            self.cache = (x.shape, rows)
            return x[rows]

        def backward(self, grad_out):
            shape, rows = self.saved()
            grad_x = np.zeros(shape)
            np.add.at(grad_x, rows, grad_out)
            return grad_x, np.zeros(rows.shape) if self.wrong else None
    trial = Trial(Rows(), (rng.normal(size=(4, 3)), np.array([1, 1, 3])))
    assert not list(gradients(trial, 48, 1e-6))
    trial.layer.wrong = True
    (problem,) = gradients(trial, 48, 1e-6)
    assert problem == "grad_x[1]: expected None for an input that is no floating-point array, received an array"


def test_a_parameter_with_a_gradient_must_be_reached():
    class Silent(Linear):
        def backward(self, grad_out):
            grad_x = super().backward(grad_out)
            self.weight.reached = False
            return grad_x
    (problem,), _ = found(Silent(3, 2), rng.normal(size=(4, 3)))
    assert problem.startswith("weight.reached: expected True after backward")


def test_complex_step_finds_what_central_differences_can_not_see():
    class Almost(Tanh):
        def slope(self, x, y):
            return (1 - y * y) * (1 + 1e-9)
    x = rng.normal(size=(4, 3))
    assert not found(Almost(), x)[0]
    assert found(Almost(), x, check=complex_step)[0][0].startswith("grad_x against the complex step: ")
    assert not found(Tanh(), x, check=complex_step)[0]


def test_complex_step_steps_aside_where_the_function_is_not_analytic():
    class Absolute(Elementwise):
        keeps = "x"

        def value(self, x):
            return np.abs(x)

        def slope(self, x, y):
            return np.sign(x)

    class Real(Absolute):
        def value(self, x):
            return np.logaddexp(x, 0)

        def slope(self, x, y):
            return 1 / (1 + np.exp(-x))
    for layer in (Absolute(), Real(), Linear(3, 2)):
        assert not found(layer, rng.normal(size=(4, 3)), check=complex_step)[0]


def test_a_forward_pass_that_does_not_repeat_is_named():
    class Restless(Identity):
        def apply(self, x):
            return x + np.random.default_rng().normal()
    problems, _ = found(Restless(), np.ones(3), check=forward_repeats)
    assert "draw from the rng= given" in problems[0]
    with np.errstate(all="ignore"):
        assert found(Identity(), [1.0, np.nan], check=forward_repeats)[0][0] == \
            "y: expected finite numbers, received NaN or infinity"


@pytest.mark.parametrize("seed", range(5))
def test_no_alarm_over_scales(seed):
    x = np.random.default_rng(seed).normal(size=(4, 3)) * 10.0 ** (2 * seed - 4)
    assert found(Linear(3, 2), x)[0] == []
