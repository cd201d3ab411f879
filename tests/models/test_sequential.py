"""Sequential: indexing, slicing, tangents, errors."""

import numpy as np
import pytest

from chainrule.layers import Add, Copy, Linear, ReLU, Select, Sigmoid, Softmax, Tanh
from chainrule.layers.core import DtypeError, ShapeError
from chainrule.models import Parallel, Residual, Sequential


def test_agrees_with_torch(agrees):
    torch = pytest.importorskip("torch")
    ours = Sequential(Linear(5, 7), Tanh(), Linear(7, 3), Softmax(-1))
    theirs = torch.nn.Sequential(torch.nn.Linear(5, 7), torch.nn.Tanh(), torch.nn.Linear(7, 3), torch.nn.Softmax(-1))
    agrees(ours, theirs, np.random.default_rng(0).normal(size=(4, 5)))


def test_indexing_slicing_length_and_append():
    model = Sequential(Linear(5, 4), ReLU(), Linear(4, 3))
    assert len(model) == 3 and model[-1] is model[2] and list(model) == model.layers
    head = model[:2]
    assert isinstance(head, Sequential) and head[0] is model[0] and len(head) == 2
    assert model.append(Tanh()) is model and isinstance(model[3], Tanh)


def test_an_empty_chain_is_the_identity():
    model = Sequential()
    x = np.ones((2, 3))
    assert model.forward(x) is x and model.backward(x) is x
    assert model.describe((2, 3)).y_shapes == ((2, 3),)


def test_several_outputs_become_several_inputs():
    model = Sequential(Copy(3), Add())
    x = np.ones((2, 3))
    assert (model.forward(x) == 3).all() and (model.backward(x) == 3).all()
    assert Sequential(Parallel(Tanh(), Sigmoid()), Select(1)).forward(x)[0, 0] == pytest.approx(1 / (1 + np.exp(-1)))


@pytest.mark.parametrize(("layers", "shown"), [
    ((ReLU,), r"Sequential expected a Layer in place 1, got <class .*ReLU'>; write ReLU\(…\)"),
    ((ReLU(), "Linear"), "Sequential expected a Layer in place 2, got 'Linear'"),
    (([ReLU()],), "Sequential expected a Layer in place 1, got"),
])
def test_what_is_no_layer_is_refused(layers, shown):
    with pytest.raises(DtypeError, match=shown):
        Sequential(*layers)


def test_forward_mode_agrees_with_reverse_mode_and_differences():
    rng = np.random.default_rng(0)
    shared = Linear(4, 4)
    model = Sequential(Linear(5, 4), Tanh(), Residual(Sequential(shared, Sigmoid())), shared,
                       Parallel(Linear(4, 3), Sequential(Linear(4, 3), Tanh())), Add()).astype(np.float64)
    x, x_dot = rng.normal(size=(2, 6, 5))
    grad_out, grad_out_dot = rng.normal(size=(2, 6, 3))
    for parameter in model.parameters():
        parameter.dot = rng.normal(size=parameter.shape)
    model.zero_grad()
    model.forward(x)
    y_dot = model.jvp(x_dot)
    grad_x, grad_x_dot = model.backward_jvp(grad_out, grad_out_dot)
    carried = (grad_x * x_dot).sum() + sum((p.grad * p.dot).sum() for p in model.parameters())
    np.testing.assert_allclose((y_dot * grad_out).sum(), carried, rtol=1e-12)
    eps, start, results = 1e-6, [p.data.copy() for p in model.parameters()], []
    grads_dot = [p.grad_dot.copy() for p in model.parameters()]
    for step in (eps, -eps):
        for parameter, data in zip(model.parameters(), start, strict=True):
            parameter.data = data + step * parameter.dot
        model.zero_grad()
        y, grad = model.forward(x + step * x_dot), model.backward(grad_out + step * grad_out_dot)
        results.append((y, grad, *(p.grad.copy() for p in model.parameters())))
    for mine, high, low in zip((y_dot, grad_x_dot, *grads_dot), *results, strict=True):
        np.testing.assert_allclose(mine, (high - low) / (2 * eps), rtol=1e-6, atol=1e-7)


def test_residual_refuses_ways_that_end_in_different_shapes():
    with pytest.raises(ShapeError, match=r"Residual expected branch and shortcut to end in one shape, got \(2, 3\)"):
        Residual(Linear(4, 3)).forward(np.ones((2, 4), np.float32))
    with pytest.raises(ShapeError, match="give it a shortcut"):
        Residual(Linear(4, 3)).describe((2, 4))
