"""The variational autoencoder: its parts, its codes, and that it agrees with a PyTorch one."""

import numpy as np
import pytest

from chainrule.layers import Tanh
from chainrule.layers.core import ValueRangeError
from chainrule.losses import ELBOLoss
from chainrule.models import summary
from chainrule.models.zoo import vae
from chainrule.training import predict


def test_shapes_and_parameters():
    model = vae([64, 32, 16], 4)
    assert summary(model, (64,)).total.y_shapes == ((64,), (4,), (4,))
    encoder, heads, decoder = 64 * 32 + 32 + 32 * 16 + 16, 2 * (16 * 4 + 4), 4 * 16 + 16 + 16 * 32 + 32 + 32 * 64 + 64
    assert sum(parameter.size for parameter in model.parameters()) == encoder + heads + decoder


def test_evaluation_decodes_the_mean():
    model, x = vae([6, 5], 2).eval(), np.random.default_rng(0).normal(size=(3, 6)).astype(np.float32)
    reconstruction, mean, _ = model.forward(x)
    np.testing.assert_array_equal(reconstruction, predict(model.nodes["decoder"], mean))
    np.testing.assert_array_equal(reconstruction, model.forward(x)[0])


def test_gradients_of_torch_for_the_same_noise():
    torch = pytest.importorskip("torch")
    model, rng = vae([6, 5], 2, Tanh).astype(np.float64), np.random.default_rng(0)
    x = rng.uniform(size=(4, 6))
    model.nodes["code"].rng = np.random.default_rng(3)
    noise = torch.tensor(np.random.default_rng(3).standard_normal((4, 2)))
    weights = {name: torch.tensor(value, requires_grad=True) for name, value in model.state_dict().items()}

    def affine(name, values):
        return values @ weights[f"{name}.weight"].T + weights[f"{name}.bias"]
    hidden = torch.tanh(affine("encoder.0.0", torch.tensor(x)))
    mean, log_var = affine("mean", hidden), affine("log_var", hidden)
    code = mean + torch.exp(log_var / 2) * noise
    logits = affine("decoder.2", torch.tanh(affine("decoder.0", code)))
    expected = torch.nn.functional.binary_cross_entropy_with_logits(logits, torch.tensor(x), reduction="sum") / 4 \
        + (mean**2 + log_var.exp() - 1 - log_var).sum() / 8
    expected.backward()
    loss = ELBOLoss()
    assert loss.forward(model.forward(x), x) == pytest.approx(expected.item(), rel=1e-12)
    model.backward(loss.backward())
    for name, parameter in model.named_parameters():
        np.testing.assert_allclose(parameter.grad, weights[name].grad.numpy(), rtol=1e-9, atol=1e-12, err_msg=name)


def test_an_encoder_needs_a_layer():
    with pytest.raises(ValueRangeError, match=r"mlp expected sizes of input and output at least, got \[64\]"):
        vae([64], 2)
