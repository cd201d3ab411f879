"""Gates of several inputs: each pattern of backward flow, and broadcasting, against PyTorch."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule.layers import Add, Divide, Maximum, Multiply, Subtract
from chainrule.layers.core import ShapeError

GATES = {Add: "add", Subtract: "sub", Multiply: "mul", Divide: "div", Maximum: "maximum"}
pairs = st.sampled_from([((3, 4), (3, 4)), ((3, 4), (4,)), ((3, 1), (1, 4)), ((), (2, 3)), ((2, 1, 3), (4, 1)),
                         ((), ())])


@settings(max_examples=40, deadline=None, derandomize=True)
@given(gate=st.sampled_from(list(GATES)), shapes=pairs, seed=st.integers(0, 99), ties=st.booleans())
def test_agrees_with_torch(agrees, gate, shapes, seed, ties):
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(seed)
    a, b = (np.asarray(np.where(draw := rng.normal(size=shape), draw, 1.0)) for shape in shapes)
    if ties:
        a, b = np.asarray(np.round(a) + 0.5), np.asarray(np.round(b) + 0.5)
    agrees(gate(), getattr(torch, GATES[gate]), a, b, seed=seed)


def test_adding_many_distributes_to_all():
    add = Add()
    x = [np.full((2, 3), float(i)) for i in range(4)]
    assert (add.forward(*x) == 6).all()
    grads = add.backward(np.full((2, 3), 5.0))
    assert len(grads) == 4 and all((grad == 5).all() for grad in grads)


@pytest.mark.parametrize("gate", [Add(), Subtract(), Multiply(), Divide(), Maximum()])
def test_tangents_and_their_way_back(gate):
    rng = np.random.default_rng(1)
    shapes = (3, 4), (4,)
    x, dots = [rng.normal(size=s) + 3 for s in shapes], [rng.normal(size=s) for s in shapes]
    grad_out, grad_out_dot = rng.normal(size=(3, 4)), rng.normal(size=(3, 4))
    gate.forward(*x)
    y_dot = gate.jvp(*dots)
    grads, grads_dot = gate.backward_jvp(grad_out, grad_out_dot)
    np.testing.assert_allclose((y_dot * grad_out).sum(), sum((g * d).sum() for g, d in zip(grads, dots, strict=True)))
    eps, results = 1e-6, []
    for step in (eps, -eps):
        y = gate.forward(*(a + step * d for a, d in zip(x, dots, strict=True)))
        results.append((y, *gate.backward(grad_out + step * grad_out_dot)))
    numeric = [(high - low) / (2 * eps) for high, low in zip(*results, strict=True)]
    for mine, other in zip((y_dot, *grads_dot), numeric, strict=True):
        np.testing.assert_allclose(0 if mine is None else mine, other, rtol=1e-6, atol=1e-8)


def test_what_does_not_broadcast_is_refused():
    with pytest.raises(ShapeError, match=r"Multiply\(\) expected inputs whose shapes broadcast, got \(3,\) and \(4,\)"):
        Multiply().forward(np.ones(3), np.ones(4))
    with pytest.raises(ShapeError, match=r"Divide\(\) expected 2 inputs, got 3"):
        Divide().forward(np.ones(3), np.ones(3), np.ones(3))
    with pytest.raises(ShapeError, match=r"Add\(\) expected one or more inputs, got 0"):
        Add().forward()
