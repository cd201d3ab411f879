"""Weight normalisation against PyTorch's parametrisation."""

import numpy as np
import pytest

from chainrule.layers import Conv2d, Linear, Tanh, WeightNorm
from chainrule.layers.core import ShapeError, UnknownNameError, call, call_back
from chainrule.models import Sequential


@pytest.mark.parametrize("dim", [0, 1, -1, None])
@pytest.mark.parametrize("kind", ["Linear", "Conv2d"])
def test_agrees_with_torch(kind, dim):
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(0)
    ours, theirs, x = (Linear(5, 4), torch.nn.Linear(5, 4), rng.normal(size=(3, 5))) if kind == "Linear" else \
        (Conv2d(2, 4, 3), torch.nn.Conv2d(2, 4, 3), rng.normal(size=(3, 2, 5, 6)))
    theirs = torch.nn.utils.parametrizations.weight_norm(theirs.double(), dim=dim)
    layer = WeightNorm(ours, dim=dim).astype(np.float64)
    g, v = theirs.parametrizations.weight.original0, theirs.parametrizations.weight.original1
    with torch.no_grad():
        g *= 1.3
    layer.load_state_dict({"weight_g": g.detach(), "weight_v": v.detach(), "bias": theirs.bias.detach()})
    tensor = torch.tensor(x, requires_grad=True)
    expected = theirs(tensor)
    y = layer.forward(x)
    grad_out = rng.normal(size=y.shape)
    expected.backward(torch.tensor(grad_out))
    np.testing.assert_allclose(y, expected.detach(), rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(layer.backward(grad_out), tensor.grad, rtol=1e-10, atol=1e-12)
    for mine, other in ((layer.weight_g, g), (layer.weight_v, v), (layer.bias, theirs.bias)):
        np.testing.assert_allclose(mine.grad, other.grad, rtol=1e-10, atol=1e-12)


def test_two_calls_with_changed_weights_in_between_go_back_right():
    layer = WeightNorm(Linear(3, 2)).astype(np.float64)
    x, grad_out = np.random.default_rng(0).normal(size=(4, 3)), np.ones((4, 2))
    layer.forward(x)
    wanted = layer.backward(grad_out)
    grad_v = layer.weight_v.grad.copy()
    _, first = call(layer, x)
    layer.forward(2 * x)
    layer.zero_grad()
    np.testing.assert_allclose(call_back(layer, first, grad_out), wanted)
    np.testing.assert_allclose(layer.weight_v.grad, grad_v)


def test_it_lives_in_a_network():
    model = Sequential(WeightNorm(Linear(3, 4)), Tanh(), Linear(4, 2))
    assert list(model.state_dict()) == ["0.bias", "0.weight_g", "0.weight_v", "2.weight", "2.bias"]
    assert repr(model[0]) == "WeightNorm(Linear(3, 4))"
    with pytest.raises(UnknownNameError, match="unknown parameter of Tanh"):
        WeightNorm(Tanh())
    with pytest.raises(ShapeError, match="expected dim to be an axis of weight, which has 2, got 2"):
        WeightNorm(Linear(3, 4), dim=2)
