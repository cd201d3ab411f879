"""Graphs: circuits, sharing, order, errors."""

import numpy as np
import pytest

from chainrule.layers import Add, Copy, Divide, Exp, Linear, MatMul, Maximum, Multiply, Sin, Tanh
from chainrule.layers.core import ShapeError, UnknownNameError, ValueRangeError
from chainrule.models import Graph


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
