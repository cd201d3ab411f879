"""The class token against torch's concatenation with a parameter."""

import numpy as np
import pytest

from chainrule.layers.attention import ClassToken
from chainrule.layers.core import ShapeError


@pytest.mark.parametrize("shape", [(3, 5, 4), (5, 4), (2, 3, 1, 4)])
def test_agrees_with_torch(agrees, shape):
    torch = pytest.importorskip("torch")

    class Token(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.weight = torch.nn.Parameter(torch.randn(4))

        def forward(self, x):
            return torch.cat([self.weight.expand(*x.shape[:-2], 1, 4), x], dim=-2)
    agrees(ClassToken(4), Token(), np.random.default_rng(0).normal(size=shape))


def test_frozen_token_lets_the_gradient_of_the_input_through():
    layer = ClassToken(4).requires_grad_(False)
    layer.forward(np.ones((3, 5, 4), np.float32))
    grad_out = np.random.default_rng(0).normal(size=(3, 6, 4)).astype(np.float32)
    np.testing.assert_array_equal(layer.backward(grad_out), grad_out[:, 1:])
    assert not layer.weight.grad.any()


@pytest.mark.parametrize("shape", [(3, 5, 5), (4,)])
def test_what_does_not_fit_is_refused(shape):
    for refuse in (lambda layer: layer.forward(np.ones(shape)), lambda layer: layer.describe(shape)):
        with pytest.raises(ShapeError, match=r"ClassToken\(4\) expected x of shape \(..., L, 4\), got"):
            refuse(ClassToken(4))
