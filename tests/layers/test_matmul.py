"""Matrix product of two arrays against PyTorch."""

import numpy as np
import pytest

from chainrule.layers import MatMul
from chainrule.layers.core import ShapeError


@pytest.mark.parametrize(("a_shape", "b_shape"), [
    ((2, 3), (3, 4)), ((5, 2, 3), (5, 3, 4)), ((5, 2, 3), (3, 4)), ((2, 3), (5, 3, 1)), ((6, 1, 2, 3), (5, 3, 4))])
def test_agrees_with_torch(agrees, a_shape, b_shape):
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(0)
    agrees(MatMul(), torch.matmul, rng.normal(size=a_shape), rng.normal(size=b_shape))


def test_tangents_and_their_way_back():
    rng = np.random.default_rng(1)
    layer, (a, a_dot), (b, b_dot) = MatMul(), rng.normal(size=(2, 5, 2, 3)), rng.normal(size=(2, 3, 4))
    grad_out, grad_out_dot = rng.normal(size=(2, 5, 2, 4))
    layer.forward(a, b)
    y_dot = layer.jvp(a_dot, b_dot)
    grads, grads_dot = layer.backward_jvp(grad_out, grad_out_dot)
    np.testing.assert_allclose((y_dot * grad_out).sum(), (grads[0] * a_dot).sum() + (grads[1] * b_dot).sum())
    eps, results = 1e-6, []
    for step in (eps, -eps):
        y = layer.forward(a + step * a_dot, b + step * b_dot)
        results.append((y, *layer.backward(grad_out + step * grad_out_dot)))
    for mine, high, low in zip((y_dot, *grads_dot), *results, strict=True):
        np.testing.assert_allclose(mine, (high - low) / (2 * eps), rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize(("a_shape", "b_shape"), [((2, 3), (4, 5)), ((2, 2, 3), (3, 3, 4))])
def test_what_does_not_fit_is_refused(a_shape, b_shape):
    with pytest.raises(ShapeError, match=r"MatMul\(\) expected a of shape \(\.\.\., n, k\) and b of shape"):
        MatMul().forward(np.ones(a_shape), np.ones(b_shape))
