"""Products with second derivatives against the matrices they stand for, and Jacobians one way against the other."""

import numpy as np
import pytest
import scipy

from chainrule.backprop import (
    diagonal,
    extreme_eigenvalues,
    fisher,
    full_jacobian,
    gauss_newton,
    hessian,
    parameter_jacobian,
)
from chainrule.layers import GRU, Embedding, Linear, MultiheadAttention, Select, Tanh
from chainrule.layers.core import ValueRangeError
from chainrule.losses import CrossEntropyLoss, MSELoss
from chainrule.models import Sequential

rng = np.random.default_rng(0)
x = rng.normal(size=(6, 3))
labels = rng.integers(0, 2, 6)


def network():
    return Sequential(Linear(3, 4, rng=np.random.default_rng(1)), Tanh(),
                      Linear(4, 2, rng=np.random.default_rng(2))).astype(np.float64)


def gradient(model, loss, inputs, targets):
    model.zero_grad()
    loss.forward(model.forward(inputs), targets)
    model.backward(loss.backward())
    return np.concatenate([parameter.grad.ravel() for parameter in model.parameters()])


def columns(function, model, eps=1e-5):
    """Return the derivative of a function by every parameter, by central differences."""
    found = []
    for parameter in model.parameters():
        flat = parameter.data.reshape(-1)
        for index in range(flat.size):
            start = flat[index]
            flat[index] = start + eps
            above = function().ravel().copy()
            flat[index] = start - eps
            found.append((above - function().ravel()) / (2 * eps))
            flat[index] = start
    return np.stack(found, axis=1)


@pytest.mark.parametrize("loss", [CrossEntropyLoss(), MSELoss()], ids=["cross entropy", "squares"])
def test_hessian_and_gauss_newton(loss):
    model = network()
    target = labels if isinstance(loss, CrossEntropyLoss) else rng.normal(size=(6, 2))
    H, G = (make(model, loss, x, target) @ np.eye(26) for make in (hessian, gauss_newton))
    np.testing.assert_allclose(H, columns(lambda: gradient(model, loss, x, target), model), atol=1e-8)
    np.testing.assert_allclose(H, H.T, atol=1e-12)
    J = columns(lambda: model.forward(x), model)
    loss.forward(model.forward(x), target)
    outer = np.stack([loss.hvp(unit.reshape(6, 2)).ravel() for unit in np.eye(12)])
    np.testing.assert_allclose(G, J.T @ outer @ J, atol=1e-9)
    assert np.linalg.eigvalsh(G).min() > -1e-12


def test_fisher():
    model, loss = network(), CrossEntropyLoss()
    rows = np.stack([gradient(model, loss, x[i:i + 1], labels[i:i + 1]) for i in range(6)])
    np.testing.assert_allclose(fisher(model, loss, x, labels) @ np.eye(26), rows.T @ rows / 6, atol=1e-14)


def test_parameter_jacobian_both_ways_and_of_some_parameters():
    model = network()
    J = parameter_jacobian(model, x)
    wanted = columns(lambda: model.forward(x), model)
    model.forward(x)
    np.testing.assert_allclose(J @ np.eye(26), wanted, atol=1e-9)
    np.testing.assert_allclose((J.T @ np.eye(12)).T, J @ np.eye(26), atol=1e-14)
    last = parameter_jacobian(model, x, model[2].parameters())
    np.testing.assert_allclose(last @ np.eye(10), wanted[:, 16:], atol=1e-9)
    loss = MSELoss(reduction="sum")
    for make in (hessian, gauss_newton):
        some = make(model, loss, x, model.forward(x), model[2].parameters()) @ np.eye(10)
        np.testing.assert_allclose(some, (make(model, loss, x, model.forward(x)) @ np.eye(26))[16:, 16:], atol=1e-12)


def test_several_inputs():
    model = Sequential(MultiheadAttention(4, 2), Select(0)).astype(np.float64)
    inputs, target = tuple(rng.normal(size=(3, 5, 4))), rng.normal(size=(5, 4))
    G = gauss_newton(model, MSELoss(), inputs, target)
    J = parameter_jacobian(model, inputs)
    v = rng.normal(size=G.shape[0])
    np.testing.assert_allclose(G @ v, J.T @ (J @ v) * 2 / 20, atol=1e-12)


def test_products_leave_gradients_and_tangents_alone():
    model = network()
    operator = hessian(model, CrossEntropyLoss(), x, labels)
    for parameter in model.parameters():
        parameter.grad = np.ones(parameter.shape)
    operator @ np.ones(26)
    assert all((parameter.grad == 1).all() and parameter.dot is None for parameter in model.parameters())


def test_fisher_leaves_gradients_and_marks_alone():
    model = Sequential(Linear(3, 2), Tanh())
    model.zero_grad()
    fisher(model, MSELoss(), np.ones((4, 3), np.float32), np.ones((4, 2), np.float32))
    assert not any(parameter.reached or parameter.grad.any() for parameter in model.parameters())


@pytest.mark.parametrize("size", [1, 2, 70])
def test_eigenvalues_of_small_matrices_and_of_those_with_one_alone(size):
    for value in (0.0, 3.0):
        np.testing.assert_allclose(extreme_eigenvalues(value * np.eye(size)), [value, value], atol=1e-12)
    with pytest.raises(ValueRangeError, match=f"count up to {size}"):
        extreme_eigenvalues(np.eye(size), size + 1)


def test_nothing_to_take_derivatives_in():
    with pytest.raises(ValueRangeError, match="parameters"):
        hessian(Tanh(), MSELoss(), np.ones((2, 2)), np.ones((2, 2)))
    assert not full_jacobian(Embedding(5, 3), np.array([1, 2])).any()


def test_diagonal_and_extreme_eigenvalues():
    matrix = rng.normal(size=(26, 26))
    matrix += matrix.T
    np.testing.assert_allclose(extreme_eigenvalues(matrix, 2), np.linalg.eigvalsh(matrix)[[0, 1, -2, -1]], atol=1e-9)
    singular = matrix[:, :3] @ matrix[:, :3].T
    np.testing.assert_allclose(extreme_eigenvalues(singular), [0, np.linalg.eigvalsh(singular)[-1]], atol=1e-9)
    found = diagonal(scipy.sparse.linalg.aslinearoperator(matrix), 4000, rng=np.random.default_rng(0))
    np.testing.assert_allclose(found, np.diag(matrix), atol=0.6)


@pytest.mark.parametrize("make", [network, lambda: Sequential(GRU(3, 2, num_layers=2), Select(0)).astype(np.float64)],
                         ids=["network", "recurrent"])
def test_the_jacobian_is_the_same_in_both_modes(make):
    model = make()
    inputs = x if isinstance(model[0], Linear) else x.reshape(3, 2, 3)
    ahead, back = (full_jacobian(model, inputs, mode) for mode in ("forward", "reverse"))
    np.testing.assert_allclose(ahead, back, rtol=0, atol=1e-12)
    np.testing.assert_array_equal(full_jacobian(model, inputs), ahead if inputs.size <= len(ahead) else back)


def test_attention_in_both_modes():
    model = Sequential(MultiheadAttention(4, 2), Select(0)).astype(np.float64)
    x = rng.normal(size=(5, 4))
    u, v = rng.normal(size=(2, 5, 4))
    model.forward(x, x, x)
    assert abs(np.vdot(u, model.jvp(v, v, v)) - np.vdot(v, sum(model.backward(u)))) < 1e-12
