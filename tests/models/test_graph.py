"""Graphs: circuits, sharing, order, errors."""

import numpy as np
import pytest

from chainrule.layers import (
    LSTM,
    Add,
    Copy,
    Divide,
    Exp,
    Layer,
    Linear,
    MatMul,
    Maximum,
    Multiply,
    Select,
    Sin,
    Tanh,
)
from chainrule.layers.core import Kept, ShapeError, UnknownNameError, ValueRangeError, check_shape
from chainrule.models import Graph, Sequential
from chainrule.testing import check_layer


def test_the_first_circuit():
    f = Graph(["x", "y", "z"], {"q": (Add(), "x", "y"), "f": (Multiply(), "q", "z")}, ["f"])
    assert f.forward(-2.0, 5.0, -4.0) == -12
    assert f.backward(1.0) == (-4, -4, 3)


def test_product_plus_sine_in_both_modes():
    s = Graph(["x", "y"], {"a": (Multiply(), "x", "y"), "b": (Sin(), "x"), "s": (Add(), "a", "b")}, ["s"])
    x, y = 0.7, -1.3
    assert s.forward(x, y) == pytest.approx(x * y + np.sin(x), abs=1e-15)
    grads = s.backward(1.0)
    assert grads == (pytest.approx(y + np.cos(x), abs=1e-15), x)
    assert (s.jvp(1.0, 0.0), s.jvp(0.0, 1.0)) == (pytest.approx(grads[0], abs=1e-15), grads[1])


def test_against_torch_with_fan_out_and_two_outputs():
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(0)
    graph = Graph(["a", "b"], {"p": (MatMul(), "a", "b"), "t": (Tanh(), "p"), "m": (Maximum(), "t", "p"),
                               "d": (Divide(), "t", "e"), "e": (Exp(), "m")}, ["d", "m"])
    a, b = rng.normal(size=(3, 4)), rng.normal(size=(4, 2))
    grads_out = rng.normal(size=(2, 3, 2))
    d, m = graph.forward(a, b)
    ta, tb = torch.tensor(a, requires_grad=True), torch.tensor(b, requires_grad=True)
    p = ta @ tb
    tm = torch.maximum(p.tanh(), p)
    td = p.tanh() / tm.exp()
    torch.autograd.backward([td, tm], [torch.tensor(g) for g in grads_out])
    np.testing.assert_allclose((d, m), (td.detach(), tm.detach()), rtol=1e-12)
    for mine, other in zip(graph.backward(tuple(grads_out)), (ta.grad, tb.grad), strict=True):
        np.testing.assert_allclose(mine, other, rtol=1e-10)


def test_an_output_without_gradient_and_an_input_nobody_reads():
    graph = Graph(["x", "unused"], {"t": (Tanh(), "x"), "u": (Exp(), "x")}, ["t", "u"])
    graph.forward(np.zeros(3), np.ones(3))
    grad_x, grad_unused = graph.backward((np.ones(3), None))
    assert grad_x.tolist() == [1, 1, 1] and grad_unused is None


def test_a_node_with_several_outputs_feeds_several_inputs():
    graph = Graph(["x"], {"two": (Copy(2), "x"), "y": (Multiply(), "two")}, ["y"])
    assert graph.forward(3.0) == 9 and graph.backward(1.0) == 6
    assert graph.jvp(1.0) == 6
    assert graph.backward_jvp(np.asarray(1.0), None) == (6, 2)


def test_no_argument_is_changed_where_gradients_add_up():
    graph = Graph(["x"], {"a": (Add(), "x", "x"), "b": (Add(), "a", "x")}, ["b"])
    graph.forward(np.ones(3))
    grad_out = np.ones(3)
    assert graph.backward(grad_out).tolist() == [3, 3, 3] and grad_out.tolist() == [1, 1, 1]


@pytest.mark.parametrize(("inputs", "nodes", "outputs", "error", "shown"), [
    (["x"], {"a": (Tanh(), "y")}, ["a"], UnknownNameError, "unknown source of 'a' of Graph 'y'"),
    (["x"], {"a": (Tanh(), "x")}, ["b"], UnknownNameError, "unknown source of 'outputs' of Graph 'b'"),
    (["x"], {"a": (Tanh(), "b"), "b": (Tanh(), "a")}, ["b"], ValueRangeError, "expected no cycles, got a -> b -> a"),
    (["x"], {"x": (Tanh(), "x")}, ["x"], ValueRangeError, "expected every name once, got x twice"),
])
def test_impossible_graphs_are_refused(inputs, nodes, outputs, error, shown):
    with pytest.raises(error) as caught:
        Graph(inputs, nodes, outputs)
    text = str(caught.value)
    assert shown in text or ("cycles" in shown and "expected no cycles, got b -> a -> b" in text)


def test_the_wrong_number_of_inputs_is_named():
    graph = Graph(["x", "y"], {"a": (Add(), "x", "y")}, ["a"])
    with pytest.raises(ShapeError, match=r"Graph expected 2 inputs \(x, y\), got 1"):
        graph.forward(1.0)


def test_state_names_are_node_names():
    graph = Graph(["x"], {"enc": (Linear(3, 2), "x"), "act": (Tanh(), "enc")}, ["act"])
    assert list(graph.state_dict()) == ["enc.weight", "enc.bias"]


class Blend(Layer):
    """``y = x * a + b`` of the nested inputs x, (a, b): the smallest layer with a pair of states."""

    def forward(self, x, states):
        (a, b) = states
        self._check(x, a, b)
        self.cache = (x, a)
        return x * a + b, (a, b)

    def backward(self, grad_out):
        x, a = self.saved()
        grad, grad_a, grad_b = (np.zeros_like(x) if each is None else each for each in grad_out)
        return grad * a, grad * x + grad_a, grad + grad_b

    def jvp(self, x_dot, states_dot):
        x, a = self.point()
        x_dot, a_dot, b_dot = (np.zeros_like(x) if each is None else each for each in (x_dot, *states_dot))
        self.tangent = (x_dot, a_dot)
        return x_dot * a + x * a_dot + b_dot, (a_dot, b_dot)

    def backward_jvp(self, grad_out, grad_out_dot):
        (x, a), (x_dot, a_dot) = self.saved(), self.saved_tangent()
        grad = np.zeros_like(x) if grad_out[0] is None else grad_out[0]
        dot, a_too, b_too = (np.zeros_like(x) if each is None else each for each in grad_out_dot or (None,) * 3)
        return self.backward(grad_out), (dot * a + grad * a_dot, dot * x + grad * x_dot + a_too, dot + b_too)

    def describe(self, *x_shapes):
        x_shape, (a_shape, b_shape) = x_shapes
        self._check(x_shape, a_shape, b_shape)
        return self.description(x_shape, a_shape, a_shape, kept=(Kept("x0", 12), Kept("x1", 12)), views=(None, 1, 2))

    def _check(self, x, a, b):
        for name, other in (("a", a), ("b", b)):
            check_shape(other, x if isinstance(x, tuple) else x.shape, name=name, owner=self)


def test_sources_in_a_tuple_are_handed_on_as_one():
    graph = Graph(["x", "a", "b"], {"y": (Blend(), "x", ("a", "q")), "q": (Tanh(), "b"), "s": (Select(0), "y"),
                                    "z": (Blend(), "q", ("x", "s"))}, ["z", "s"])
    x, a, b = np.random.default_rng(0).normal(size=(3, 4, 3))
    z, z_a, z_b, s = graph.forward(x, a, b)
    np.testing.assert_allclose(s, x * a + np.tanh(b), atol=1e-15)
    np.testing.assert_allclose(z, np.tanh(b) * x + s, atol=1e-15)
    assert z_a is x and z_b is s
    assert graph.describe((4, 3), (4, 3), (4, 3)).y_shapes == ((4, 3),) * 4


@pytest.mark.parametrize("nested", [("a", "b"), ["a", "b"], ("pair",)])
def test_values_of_several_arrays_nest_too(nested):
    nodes = {"y": (Blend(), "x", nested), "s": (Select(0), "y"), "pair": (Blend(), "a", ("b", "b")),
             "t": (Select(0), "pair")}
    if nested == ("pair",):
        nodes |= {"pair": (Copy(2), "a")}
    graph = Graph(["x", "a", "b"], nodes, ["s", "t"])
    assert check_layer(graph, (4, 3), (4, 3), (4, 3)).problems == []


def test_lstm_states_go_in_and_out():
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(0)
    graph = Graph(["x", "h", "c"], {
        "first": (LSTM(3, 4), "x", ("h", "c")), "read": (Select(0), "first"), "h1": (Select(1), "first"),
        "c1": (Select(2), "first"), "second": (LSTM(4, 4), "read", ("h1", "c1")), "y": (Select(0), "second"),
        "c2": (Select(2), "second")}, ["y", "c2"]).astype(np.float64)
    arrays = [rng.normal(size=shape) for shape in ((5, 2, 3), (1, 2, 4), (1, 2, 4))]
    theirs = [torch.nn.LSTM(3, 4).double(), torch.nn.LSTM(4, 4).double()]
    for node, layer in zip(("first", "second"), theirs, strict=True):
        graph.nodes[node].load_state_dict(layer.state_dict())
    x, h, c = (torch.tensor(array, requires_grad=True) for array in arrays)
    read, state = theirs[0](x, (h, c))
    expected, (_, c_expected) = theirs[1](read, state)
    for mine, other in zip(graph.forward(*arrays), (expected, c_expected), strict=True):
        np.testing.assert_allclose(mine, other.detach().numpy(), atol=1e-12)
    grad_out = [rng.normal(size=(5, 2, 4)), rng.normal(size=(1, 2, 4))]
    torch.autograd.backward([expected, c_expected], list(map(torch.tensor, grad_out)))
    graph.zero_grad()
    for mine, other in zip(graph.backward(tuple(grad_out)), (x, h, c), strict=True):
        np.testing.assert_allclose(mine, other.grad.numpy(), atol=1e-12)
    for node, layer in zip(("first", "second"), theirs, strict=True):
        for name, parameter in layer.named_parameters():
            np.testing.assert_allclose(getattr(graph.nodes[node], name).grad, parameter.grad.numpy(), atol=1e-12)


def test_optional_inputs_may_be_left_out():
    nodes = {"lstm": (LSTM(3, 4), "x", ("h", "c"))}
    optional = Graph(["x"], nodes, ["lstm"], optional=["h", "c"])
    x, zero = np.ones((5, 2, 3), np.float32), np.zeros((1, 2, 4), np.float32)
    short, full = optional.forward(x), optional.forward(x, zero, zero)
    assert all((one == other).all() for one, other in zip(short, full, strict=True))
    ones = tuple(np.ones_like(each) for each in short)
    assert [grad.shape for grad in optional.backward(ones)] == [(5, 2, 3), (1, 2, 4), (1, 2, 4)]
    optional.forward(x)
    assert optional.backward(ones).shape == (5, 2, 3)
    assert optional.describe((5, 2, 3)).y_shapes == optional.describe((5, 2, 3), (1, 2, 4), (1, 2, 4)).y_shapes
    with pytest.raises(ShapeError, match=r"Graph expected 1 to 3 inputs \(x, h, c\), got 4"):
        optional.forward(x, zero, zero, zero)
    with pytest.raises(ShapeError, match=r"h0 of shape \(1, 2, 4\), got \(1, 3, 4\)") as caught:
        optional.describe((5, 2, 3), (1, 3, 4), (1, 2, 4))
    assert "in node 'lstm' of Graph" in caught.value.__notes__


def test_names_inside_of_a_tuple_are_checked():
    with pytest.raises(UnknownNameError, match="unknown source of 'y' of Graph 'c'"):
        Graph(["x", "a"], {"y": (Blend(), "x", ("a", "c"))}, ["y"])


def test_lstms_in_a_chain_hand_their_states_on():
    model = Sequential(LSTM(3, 4), LSTM(4, 4), Select(0))
    y = model.forward(np.ones((5, 2, 3), np.float32))
    assert model.describe((5, 2, 3)).y_shapes == (y.shape,)
    assert model.backward(np.ones_like(y)).shape == (5, 2, 3)
