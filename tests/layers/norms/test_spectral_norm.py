"""Spectral normalisation against PyTorch, and against the SVD."""

import numpy as np
import pytest

from chainrule.layers import Conv2d, Linear, SpectralNorm
from chainrule.layers.core import replay


@pytest.mark.filterwarnings("ignore::FutureWarning")
@pytest.mark.parametrize("dim", [0, 1])
@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("kind", ["Linear", "Conv2d"])
def test_agrees_with_torch(kind, training, dim):
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(0)
    ours, theirs, x = (Linear(5, 4), torch.nn.Linear(5, 4), rng.normal(size=(3, 5))) if kind == "Linear" else \
        (Conv2d(2, 4, 3), torch.nn.Conv2d(2, 4, 3), rng.normal(size=(3, 2, 5, 6)))
    theirs = torch.nn.utils.spectral_norm(theirs.double(), dim=dim, n_power_iterations=2).train(training)
    layer = SpectralNorm(ours, dim=dim, n_power_iterations=2).astype(np.float64).train(training)
    assert set(layer.state_dict()) == set(theirs.state_dict())
    layer.load_state_dict(theirs.state_dict())
    tensor = torch.tensor(x, requires_grad=True)
    expected, y = theirs(tensor), layer.forward(x)
    grad_out = rng.normal(size=y.shape)
    expected.backward(torch.tensor(grad_out))
    np.testing.assert_allclose(y, expected.detach(), rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(layer.backward(grad_out), tensor.grad, rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(layer.weight_orig.grad, theirs.weight_orig.grad, rtol=1e-9, atol=1e-12)
    for name, value in theirs.state_dict().items():
        np.testing.assert_allclose(layer.state_dict()[name], value, rtol=1e-10, atol=1e-12, err_msg=name)


def test_the_norm_becomes_one_and_a_repetition_leaves_no_trace():
    layer = SpectralNorm(Linear(5, 4)).astype(np.float64)
    x = np.eye(5)
    for _ in range(100):
        layer.forward(x)
    bias = layer.state_dict()["bias"]
    assert np.linalg.svd(layer.forward(x) - bias, compute_uv=False)[0] == pytest.approx(1, abs=1e-8)
    again = replay(layer)
    y, state = layer.forward(x), layer.state_dict()
    np.testing.assert_array_equal(again(x), y)
    assert all((value == state[name]).all() for name, value in layer.state_dict().items())
