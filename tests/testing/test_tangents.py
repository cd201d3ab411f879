"""Forward mode against differences: tangents, transposes, and the derivative of the way back."""

import numpy as np
import pytest

from chainrule.layers import Elementwise, Layer, Linear, MatMul, Multiply, ReLU, Softmax, Tanh
from chainrule.models import Sequential
from chainrule.testing.derivatives import Kink
from chainrule.testing.tangents import adjoint, second_order, tangents
from chainrule.testing.trial import Trial

rng = np.random.default_rng(0)
x = rng.normal(size=(4, 3))


def found(check, layer, *inputs):
    return list(check(Trial(layer, inputs or (x,)), 1e-6))


class WrongTangent(Tanh):
    def jvp(self, x_dot):
        return super().jvp(x_dot) * 1.01


class ForgetsWeight(Linear):
    def jvp(self, x_dot):
        dot, self.weight.dot = self.weight.dot, None
        y_dot = super().jvp(x_dot)
        self.weight.dot = dot
        return y_dot


class Flat(Tanh):
    def curvature(self, x, y):
        return np.zeros_like(y)


class WrongWeightTangent(Linear):
    def backward_jvp(self, grad_out, grad_out_dot):
        result = super().backward_jvp(grad_out, grad_out_dot)
        self.weight.grad_dot *= 2
        return result


class WrongWayBack(Tanh):
    def backward_jvp(self, grad_out, grad_out_dot):
        grad_x, grad_x_dot = super().backward_jvp(grad_out, grad_out_dot)
        return -grad_x, grad_x_dot


class WrongShape(Tanh):
    def jvp(self, x_dot):
        y_dot = super().jvp(x_dot)
        return None if y_dot is None else y_dot.T


CASES = [
    (tangents, WrongTangent(), "y_dot along x against central differences: 12 of 12"),
    (tangents, ForgetsWeight(3, 2), "y_dot along the parameters against central differences"),
    (tangents, WrongShape(), "y_dot along x: expected shape (4, 3), received shape (3, 4)"),
    (adjoint, WrongTangent(), "<grad_out, jvp(v)> along x: expected"),
    (adjoint, ForgetsWeight(3, 2), "<grad_out, jvp(v)> along the parameters: expected"),
    (second_order, Flat(), "grad_x_dot along x against central differences"),
    (second_order, WrongWeightTangent(3, 2), "weight.grad_dot along x, parameters and grad_out against central"),
    (second_order, WrongWayBack(), "grad_x of backward_jvp along x"),
]


@pytest.mark.parametrize(("check", "layer", "sentence"), CASES)
def test_the_mistake_is_named(check, layer, sentence):
    assert any(problem.startswith(sentence) for problem in found(check, layer))


@pytest.mark.parametrize("check", [tangents, adjoint, second_order])
@pytest.mark.parametrize(("layer", "inputs"), [
    (Linear(3, 2), (x,)), (Tanh(), (x,)), (ReLU(), (x,)), (Softmax(), (x,)), (Multiply(), (x, x[0])),
    (MatMul(), (x, x.T)), (Sequential(Linear(3, 4), Tanh(), Linear(4, 2)), (x,)),
])
def test_right_layers_pass(check, layer, inputs):
    assert found(check, layer, *inputs) == []


@pytest.mark.parametrize("check", [tangents, adjoint, second_order])
def test_layers_without_forward_mode_are_passed_over(check):
    class Plain(Layer):
        def forward(self, x):
            self.cache = ()
            return x

        def backward(self, grad_out):
            self.saved()
            return grad_out
    assert found(check, Plain()) == []
    assert found(check, Sequential(Linear(3, 3), Plain())) == []


def test_kinks_of_a_tangent_are_reported():
    problems = found(tangents, ReLU(), np.array([[0.0, 1.0, -1.0]]))
    assert problems
    assert all(isinstance(problem, Kink) for problem in problems)


def test_a_layer_may_have_tangents_and_no_second_order():
    class FirstOrder(Elementwise):
        keeps = "x"
        backward_jvp = Layer.backward_jvp

        def value(self, x):
            return x**2

        def slope(self, x, y):
            return 2 * x
    assert found(tangents, FirstOrder()) == []
    assert found(second_order, FirstOrder()) == []
