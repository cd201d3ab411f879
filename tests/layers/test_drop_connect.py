"""DropConnect against PyTorch given its mask, and in second order."""

import numpy as np
import pytest

from chainrule.layers import DropConnect, Linear


@pytest.mark.parametrize("bias", [True, False])
def test_agrees_with_torch_given_the_mask(bias):
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(0)
    layer = DropConnect(5, 4, 0.4, bias).astype(np.float64)
    x, grad_out = rng.normal(size=(3, 2, 5)), rng.normal(size=(3, 2, 4))
    y = layer.forward(x)
    mask = torch.tensor(layer.cache.mask)
    assert set(np.unique(layer.cache.mask)) == {0.0, 1 / 0.6}
    tensors = {name: torch.tensor(value, requires_grad=True) for name, value in layer.state_dict().items()}
    tensor = torch.tensor(x, requires_grad=True)
    expected = torch.nn.functional.linear(tensor, tensors["weight"] * mask, tensors.get("bias"))
    expected.backward(torch.tensor(grad_out))
    np.testing.assert_allclose(y, expected.detach(), rtol=1e-10)
    np.testing.assert_allclose(layer.backward(grad_out), tensor.grad, rtol=1e-10)
    for name, parameter in layer.named_parameters():
        np.testing.assert_allclose(parameter.grad, tensors[name].grad, rtol=1e-10, atol=1e-14)


def test_evaluation_is_linear():
    layer, plain = DropConnect(5, 4).eval(), Linear(5, 4)
    plain.load_state_dict(layer.state_dict())
    x = np.ones((3, 5), np.float32)
    np.testing.assert_array_equal(layer.forward(x), plain.forward(x))


def test_tangents_and_their_way_back():
    rng = np.random.default_rng(1)
    layer = DropConnect(5, 4, 0.4, rng=np.random.default_rng(2)).astype(np.float64)
    (x, x_dot), (grad_out, grad_out_dot) = rng.normal(size=(2, 3, 5)), rng.normal(size=(2, 3, 4))
    layer.weight.dot, layer.bias.dot = rng.normal(size=(4, 5)), rng.normal(size=4)
    weight, bias = layer.weight.data.copy(), layer.bias.data.copy()
    state = layer.rng.bit_generator.state
    layer.forward(x)
    y_dot = layer.jvp(x_dot)
    _, grad_x_dot = layer.backward_jvp(grad_out, grad_out_dot)
    mine = (y_dot, grad_x_dot, layer.weight.grad_dot.copy(), layer.bias.grad_dot.copy())
    eps, results = 1e-6, []
    for step in (eps, -eps):
        layer.weight.data, layer.bias.data = weight + step * layer.weight.dot, bias + step * layer.bias.dot
        layer.zero_grad()
        layer.rng.bit_generator.state = state
        results.append((layer.forward(x + step * x_dot), layer.backward(grad_out + step * grad_out_dot),
                        layer.weight.grad.copy(), layer.bias.grad.copy()))
    for ours, high, low in zip(mine, *results, strict=True):
        np.testing.assert_allclose(ours, (high - low) / (2 * eps), rtol=1e-6, atol=1e-8)
