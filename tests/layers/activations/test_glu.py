"""The gated linear unit against PyTorch, and in second order."""

import numpy as np
import pytest

from chainrule.layers import GLU
from chainrule.layers.core import ShapeError


@pytest.mark.parametrize(("dim", "shape"), [(-1, (3, 4)), (1, (5, 6, 3)), (0, (2,)), (-2, (3, 4, 5))])
def test_agrees_with_torch(agrees, dim, shape):
    torch = pytest.importorskip("torch")
    agrees(GLU(dim), torch.nn.GLU(dim), np.random.default_rng(0).normal(size=shape))


def test_an_odd_number_of_channels_is_refused():
    with pytest.raises(ShapeError, match=r"GLU\(\) expected x with an even size along axis -1, got \(3, 5\)"):
        GLU().forward(np.ones((3, 5)))


def test_tangents_and_their_way_back():
    rng = np.random.default_rng(0)
    layer, (x, x_dot) = GLU(1), rng.normal(size=(2, 5, 6))
    grad_out, grad_out_dot = rng.normal(size=(2, 5, 3))
    layer.forward(x)
    y_dot = layer.jvp(x_dot)
    _, grad_x_dot = layer.backward_jvp(grad_out, grad_out_dot)
    eps, results = 1e-6, []
    for step in (eps, -eps):
        results.append((layer.forward(x + step * x_dot), layer.backward(grad_out + step * grad_out_dot)))
    for mine, high, low in zip((y_dot, grad_x_dot), *results, strict=True):
        np.testing.assert_allclose(mine, (high - low) / (2 * eps), rtol=1e-6, atol=1e-8)
