"""The door: one owner for caches, addresses for errors, observers, rules and inference."""

import numpy as np
import pytest

from chainrule.layers import Copy, Linear, LinearMap, ReLU, Select, Sigmoid, Tanh
from chainrule.layers.core import (
    Layer,
    Observer,
    Parameter,
    StateError,
    backward_rule,
    cache_bytes,
    call,
    call_back,
    inference,
    message,
    observe,
    watched,
)
from chainrule.models import Graph, Parallel, Residual, Sequential

rng = np.random.default_rng(0)


def normal(*shape):
    return rng.normal(size=shape)



class Transposed(Layer):
    """An affine map back through the transposed weight of another: a tied share."""

    def __init__(self, linear):
        self.weight = linear.weight

    def forward(self, x):
        self.cache = x
        return x @ self.weight.data

    def backward(self, grad_out):
        self.weight.grad += self.saved().T @ grad_out
        return grad_out @ self.weight.data.T


class Explodes(Layer):
    """Raises when told to."""

    armed = True

    def forward(self, x):
        if self.armed:
            raise ArithmeticError("half-way")
        self.cache = ()
        return x

    def backward(self, grad_out):
        self.saved()
        return grad_out


def numeric(function, array, grad_out, eps=1e-6):
    """Slow central differences of ⟨function(), grad_out⟩ in the entries of ``array``."""
    grad = np.zeros_like(array)
    for index in np.ndindex(array.shape):
        kept = array[index]
        array[index] = kept + eps
        high = (function() * grad_out).sum()
        array[index] = kept - eps
        low = (function() * grad_out).sum()
        array[index] = kept
        grad[index] = (high - low) / (2 * eps)
    return grad


def check(model, x, y_shape):
    model.astype(np.float64)
    grad_out = normal(*y_shape)
    model.zero_grad()
    model.forward(x)
    grad_x = model.backward(grad_out)
    np.testing.assert_allclose(grad_x, numeric(lambda: model.forward(x), x, grad_out), rtol=1e-6, atol=1e-8)
    for name, parameter in model.named_parameters():
        wanted = numeric(lambda: model.forward(x), parameter.data, grad_out)
        np.testing.assert_allclose(parameter.grad, wanted, rtol=1e-6, atol=1e-8, err_msg=name)


def test_one_layer_used_twice_adds_its_gradients():
    shared = Linear(3, 3)
    check(Sequential(shared, Tanh(), shared), normal(4, 3), (4, 3))


def test_a_nested_container_used_twice():
    block = Sequential(Linear(3, 3), Tanh())
    check(Sequential(block, Residual(block), Parallel(block, block), Select(1)), normal(4, 3), (4, 3))


def test_a_nested_container_used_twice_in_a_graph():
    block = Sequential(Linear(3, 3), Sigmoid())
    graph = Graph(["x"], {"a": (block, "x"), "b": (block, "a"), "c": (Residual(block), "b")}, ["c"])
    check(graph, normal(4, 3), (4, 3))


def test_transposed_weights_share_one_gradient():
    linear = Linear(5, 2, bias=False)
    model = Sequential(linear, Tanh(), Transposed(linear))
    check(model, normal(4, 5), (4, 5))
    assert len(list(model.parameters())) == 1


def test_two_forwards_before_the_first_way_back():
    layer = Sequential(Linear(3, 2), Tanh()).astype(np.float64)
    x, other = normal(4, 3), normal(6, 3)
    y, first = call(layer, x)
    _, second = call(layer, other)
    assert layer.cache is None
    grad_out = normal(4, 2)
    np.testing.assert_array_equal(call_back(layer, second, np.zeros((6, 2))), np.zeros((6, 3)))
    kept = call_back(layer, first, grad_out)
    np.testing.assert_allclose(kept, (grad_out * (1 - y * y)) @ layer[0].weight.data, rtol=1e-12)
    np.testing.assert_array_equal(call_back(layer, first, grad_out), kept)


def test_an_exception_half_way_leaves_nothing_stale_and_the_next_run_is_right():
    bomb = Explodes()
    model = Sequential(Linear(3, 3), bomb, Tanh())
    bomb.armed = False
    model.forward(np.ones((2, 3), np.float32))
    bomb.armed = True
    with pytest.raises(ArithmeticError, match="half-way") as caught:
        model.forward(np.ones((5, 3), np.float32))
    assert message(caught.value) == "half-way; in layer 2 of 3 of Sequential"
    with pytest.raises(StateError, match="expected forward before backward"):
        model.backward(np.ones((5, 3), np.float32))
    bomb.armed = False
    model.forward(np.ones((5, 3), np.float32))
    assert model.backward(np.ones((5, 3), np.float32)).shape == (5, 3)


def test_addresses_go_from_the_inside_to_the_outside():
    graph = Graph(["x"], {"enc": (Sequential(Linear(3, 2), Parallel(Linear(2, 2), Linear(9, 2))), "x")}, ["enc"])
    with pytest.raises(ValueError) as caught:
        graph.forward(np.ones((2, 3), np.float32))
    assert message(caught.value) == (
        "Linear(9, 2) expected x of shape (..., 9), got (2, 2); in branch 2 of 2 of Parallel; "
        "in layer 2 of 2 of Sequential; in node 'enc' of Graph")


class Notes(Observer):
    def __init__(self):
        self.seen = []

    def after_forward(self, path, layer, x, y):
        self.seen.append(("forward", path, y.shape))

    def after_backward(self, path, layer, grad_out, grad_x):
        self.seen.append(("backward", path, None if grad_x is None else grad_x.shape))


def test_observers_see_every_call_with_its_address_and_only_inside_the_block():
    model = Sequential(Linear(3, 2), Residual(Linear(2, 2)))
    x = np.ones((4, 3), np.float32)
    with observe(Notes()) as notes:
        assert watched()
        model.forward(x)
        model.backward(np.ones((4, 2), np.float32))
    assert not watched()
    model.forward(x)
    assert notes.seen == [
        ("forward", ("0",), (4, 2)), ("forward", ("1", "branch"), (4, 2)), ("forward", ("1",), (4, 2)),
        ("backward", ("1", "branch"), (4, 2)), ("backward", ("1",), (4, 2)), ("backward", ("0",), (4, 3))]


def test_a_backward_rule_replaces_one_class_and_ends_with_its_block():
    model = Sequential(ReLU(), Tanh())
    x, grad_out = normal(4, 3), normal(4, 3)
    model.forward(x)
    plain = model.backward(grad_out)
    with pytest.raises(KeyError), backward_rule(ReLU, lambda relu, grad: relu.backward(np.maximum(grad, 0))):
        guided = model.backward(grad_out)
        raise KeyError
    slope = 1 - np.tanh(np.maximum(x, 0))**2
    np.testing.assert_allclose(guided, (x > 0) * np.maximum(grad_out * slope, 0), rtol=1e-12)
    np.testing.assert_array_equal(model.backward(grad_out), plain)
    assert not watched()


def test_inference_keeps_no_caches():
    model = Sequential(Linear(3, 2), Tanh())
    x = np.ones((4, 3), np.float32)
    y = model.forward(x)
    assert cache_bytes(model.cache) == (4 * 3 + 4 * 2) * 4
    with inference():
        np.testing.assert_array_equal(model.forward(x), y)
    assert cache_bytes(model.cache) == 0
    with pytest.raises(StateError, match=r"Tanh\(\) kept no cache to go back with; run forward outside of inference"):
        model.backward(y)


def test_needs_input_grad_skips_what_nobody_wants_and_changes_no_parameter_gradient():
    class Counts(LinearMap):
        calls = 0

        def apply(self, x):
            return x

        def adjoint(self, grad_out, x_shape):
            Counts.calls += 1
            return grad_out

        def output_shape(self, x_shape):
            return x_shape

    frozen = Linear(3, 3)
    frozen.requires_grad_(False)
    for model in (Sequential(Counts(), frozen, Counts(), Linear(3, 3), Counts(), Linear(3, 2)),
                  Graph(["x"], {"a": (Counts(), "x"), "b": (frozen, "a"), "c": (Counts(), "b"),
                                "d": (Linear(3, 3), "c"), "e": (Counts(), "d"), "f": (Linear(3, 2), "e")}, ["f"])):
        x, grad_out = np.ones((4, 3), np.float32), np.ones((4, 2), np.float32)
        model.forward(x)
        Counts.calls = 0
        assert model.backward(grad_out).shape == (4, 3) and Counts.calls == 3
        wanted = [parameter.grad.copy() for parameter in model.parameters()]
        model.zero_grad()
        model.needs_input_grad = False
        Counts.calls = 0
        assert model.backward(grad_out) is None and Counts.calls == 1
        for parameter, grad in zip(model.parameters(), wanted, strict=True):
            np.testing.assert_array_equal(parameter.grad, grad)


def test_outputs_that_nobody_uses_count_as_zero():
    model = Sequential(Copy(3), Select(-1))
    model.forward(normal(2, 3))
    grad_out = normal(2, 3)
    np.testing.assert_array_equal(model.backward(grad_out), grad_out)


def test_a_parameter_directly_in_a_container_is_reached():
    class Shift(Sequential):
        def __init__(self, *layers):
            super().__init__(*layers)
            self.shift = Parameter(np.zeros(3))

        def forward(self, x):
            return super().forward(x + self.shift.data)

        def backward(self, grad_out):
            grad_x = super().backward(grad_out)
            self.shift.grad += grad_x.sum(axis=0)
            return grad_x

    check(Shift(Linear(3, 3), Tanh()), normal(4, 3), (4, 3))
