"""The random leak: PyTorch's numbers in evaluation, its own slopes in training."""

import numpy as np
import pytest

from chainrule.layers import RReLU


def test_evaluation_agrees_with_torch(agrees):
    torch = pytest.importorskip("torch")
    agrees(RReLU(0.2, 0.5).eval(), torch.nn.RReLU(0.2, 0.5).eval(), np.random.default_rng(0).normal(size=(4, 5)))


def test_training_agrees_with_torch_given_the_slopes():
    torch = pytest.importorskip("torch")
    layer = RReLU(0.2, 0.5, rng=np.random.default_rng(0))
    x, grad_out = np.random.default_rng(1).normal(size=(2, 40, 5))
    y = layer.forward(x)
    slope = torch.tensor(layer.cache)
    tensor = torch.tensor(x, requires_grad=True)
    (tensor * slope).backward(torch.tensor(grad_out))
    np.testing.assert_allclose(y, (tensor * slope).detach(), rtol=1e-12)
    np.testing.assert_allclose(layer.backward(grad_out), tensor.grad, rtol=1e-12)
    assert (layer.cache[x > 0] == 1).all()
    drawn = layer.cache[x <= 0]
    assert drawn.min() >= 0.2 and drawn.max() <= 0.5 and abs(drawn.mean() - 0.35) < 0.03 and drawn.std() > 0.05
