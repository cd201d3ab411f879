"""The family of linear maps: backward is the adjoint, the tangent the map itself."""

import numpy as np
import pytest

from chainrule.layers import Flatten, Identity, LinearMap, Unflatten
from chainrule.layers.core import DtypeError


class Differences(LinearMap):
    """Differences of neighbours."""

    def apply(self, x):
        return x[1:] - x[:-1]

    def adjoint(self, grad_out, x_shape):
        grad_x = np.zeros(x_shape)
        grad_x[1:] += grad_out
        grad_x[:-1] -= grad_out
        return grad_x

    def output_shape(self, x_shape):
        return (x_shape[0] - 1, *x_shape[1:])


@pytest.mark.parametrize(("layer", "shape"), [
    (Differences(), (6, 3)), (Flatten(), (5, 3, 2)), (Unflatten(1, (2, 3)), (5, 6)), (Identity(), (4, 2))])
def test_the_adjoint_test(layer, shape):
    rng = np.random.default_rng(0)
    x, x_dot = rng.normal(size=shape), rng.normal(size=shape)
    y = layer.forward(x)
    grad_out, grad_out_dot = rng.normal(size=y.shape), rng.normal(size=y.shape)
    np.testing.assert_allclose((y * grad_out).sum(), (x * layer.backward(grad_out)).sum(), rtol=1e-12)
    y_dot = layer.jvp(x_dot)
    grad_x, grad_x_dot = layer.backward_jvp(grad_out, grad_out_dot)
    np.testing.assert_allclose((y_dot * grad_out).sum(), (x_dot * grad_x).sum(), rtol=1e-12)
    np.testing.assert_allclose(grad_x_dot, layer.backward(grad_out_dot))
    assert layer.jvp(None) is None


def test_the_gradient_has_the_dtype_of_the_input():
    layer = Differences()
    layer.forward(np.ones((4, 2), np.float32))
    assert layer.backward(np.ones((3, 2))).dtype == np.float32
    with pytest.raises(DtypeError, match="floating-point"):
        layer.forward(np.ones((4, 2), int))
