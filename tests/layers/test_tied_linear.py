"""A shared, transposed weight: one parameter, two uses, gradients that add."""

import numpy as np
import pytest

from chainrule.layers import Linear, Tanh, TiedLinear
from chainrule.layers.core import DtypeError
from chainrule.models import Sequential


def test_the_autoencoder_with_tied_weights_agrees_with_torch():
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(0)
    encoder = Linear(6, 3)
    model = Sequential(encoder, Tanh(), TiedLinear(encoder)).astype(np.float64)
    model[2].bias.data = rng.normal(size=6)
    x, grad_out = rng.normal(size=(2, 4, 6))
    state = model.state_dict()
    assert list(state) == ["0.weight", "0.bias", "2.weight", "2.bias"] and len(list(model.parameters())) == 3
    w, b, c = (torch.tensor(state[name], requires_grad=True) for name in ("0.weight", "0.bias", "2.bias"))
    tensor = torch.tensor(x, requires_grad=True)
    expected = torch.tanh(tensor @ w.T + b) @ w + c
    expected.backward(torch.tensor(grad_out))
    np.testing.assert_allclose(model.forward(x), expected.detach(), rtol=1e-10)
    np.testing.assert_allclose(model.backward(grad_out), tensor.grad, rtol=1e-10)
    for mine, other in ((encoder.weight, w), (encoder.bias, b), (model[2].bias, c)):
        np.testing.assert_allclose(mine.grad, other.grad, rtol=1e-10)


def test_tangents_and_their_way_back():
    rng = np.random.default_rng(1)
    layer = TiedLinear(Linear(6, 3)).astype(np.float64)
    (x, x_dot), (g, g_dot) = rng.normal(size=(2, 5, 3)), rng.normal(size=(2, 5, 6))
    layer.weight.dot, layer.bias.dot = rng.normal(size=(3, 6)), rng.normal(size=6)
    weight, bias = layer.weight.data.copy(), layer.bias.data.copy()
    layer.forward(x)
    y_dot = layer.jvp(x_dot)
    _, grad_x_dot = layer.backward_jvp(g, g_dot)
    mine = (y_dot, grad_x_dot, layer.weight.grad_dot.copy(), layer.bias.grad_dot.copy())
    eps, results = 1e-6, []
    for step in (eps, -eps):
        layer.weight.data, layer.bias.data = weight + step * layer.weight.dot, bias + step * layer.bias.dot
        layer.zero_grad()
        results.append((layer.forward(x + step * x_dot), layer.backward(g + step * g_dot),
                        layer.weight.grad.copy(), layer.bias.grad.copy()))
    for ours, high, low in zip(mine, *results, strict=True):
        np.testing.assert_allclose(ours, (high - low) / (2 * eps), rtol=1e-6, atol=1e-8)


def test_only_a_linear_layer_can_be_shared():
    with pytest.raises(DtypeError, match=r"TiedLinear expected a Linear to share the weight of, got Tanh\(\)"):
        TiedLinear(Tanh())
