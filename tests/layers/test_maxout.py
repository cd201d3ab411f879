"""Maxout against a slow loop and PyTorch's maximum."""

import numpy as np
import pytest

from chainrule.layers import Maxout


@pytest.mark.parametrize(("lead", "inputs", "outputs", "k", "bias"), [((4,), 5, 3, 2, True), ((2, 3), 4, 2, 5, False)])
def test_agrees_with_torch(lead, inputs, outputs, k, bias):
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(0)
    layer = Maxout(inputs, outputs, k, bias).astype(np.float64)
    x, grad_out = rng.normal(size=(*lead, inputs)), rng.normal(size=(*lead, outputs))
    tensors = {name: torch.tensor(value, requires_grad=True) for name, value in layer.state_dict().items()}
    tensor = torch.tensor(x, requires_grad=True)
    z = torch.nn.functional.linear(tensor, tensors["linear.weight"], tensors.get("linear.bias"))
    expected = z.reshape(*lead, outputs, k).max(dim=-1).values
    expected.backward(torch.tensor(grad_out))
    np.testing.assert_allclose(layer.forward(x), expected.detach(), rtol=1e-10)
    np.testing.assert_allclose(layer.backward(grad_out), tensor.grad, rtol=1e-10)
    for name, parameter in layer.named_parameters():
        np.testing.assert_allclose(parameter.grad, tensors[name].grad, rtol=1e-10, atol=1e-12)


def test_tangents_and_their_way_back():
    rng = np.random.default_rng(1)
    layer = Maxout(5, 3, 4).astype(np.float64)
    x, x_dot = rng.normal(size=(2, 6, 5))
    grad_out, grad_out_dot = rng.normal(size=(2, 6, 3))
    layer.linear.weight.dot = rng.normal(size=layer.linear.weight.shape)
    layer.forward(x)
    y_dot = layer.jvp(x_dot)
    _, grad_x_dot = layer.backward_jvp(grad_out, grad_out_dot)
    eps, weight, results = 1e-7, layer.linear.weight.data.copy(), []
    for step in (eps, -eps):
        layer.linear.weight.data = weight + step * layer.linear.weight.dot
        results.append((layer.forward(x + step * x_dot), layer.backward(grad_out + step * grad_out_dot)))
    for mine, high, low in zip((y_dot, grad_x_dot), *results, strict=True):
        np.testing.assert_allclose(mine, (high - low) / (2 * eps), rtol=1e-5, atol=1e-7)
