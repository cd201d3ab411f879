"""The vision transformer against PyTorch's encoder between its patches and its head."""

import numpy as np
import pytest

from chainrule.layers.core import ValueRangeError
from chainrule.models.zoo import vit


def test_agrees_with_torch():
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(0)
    model = vit(5, 2, 12, 4, num_layers=2, num_heads=2, hidden_dim=6, mlp_dim=7).astype(np.float64)
    for parameter in model.parameters():
        parameter.data += 0.1 * rng.normal(size=parameter.shape)
    layer = torch.nn.TransformerEncoderLayer(6, 2, 7, 0.0, "gelu", 1e-6, batch_first=True, norm_first=True)
    encoder = torch.nn.TransformerEncoder(layer, 2, torch.nn.LayerNorm(6, 1e-6), enable_nested_tensor=False).double()
    state = {name: torch.tensor(value) for name, value in model.state_dict().items()}
    encoder.load_state_dict({name[2:]: value for name, value in state.items() if name.startswith("6.")})
    x = rng.normal(size=(3, 2, 12, 12))
    tensor = torch.tensor(x, requires_grad=True)
    # nine patches, cut and laid out by hand
    patches = tensor.reshape(3, 2, 3, 4, 3, 4).permute(0, 2, 4, 1, 3, 5).reshape(3, 9, 32)
    patches = patches @ state["0.weight"].reshape(6, 32).T + state["0.bias"]
    tokens = torch.cat([state["3.weight"].expand(3, 1, 6), patches], dim=1) + state["4.weight"]
    expected = encoder(tokens)[:, 0] @ state["8.weight"].T + state["8.bias"]
    y = model.forward(x)
    grad_out = rng.normal(size=y.shape)
    expected.backward(torch.tensor(grad_out))
    np.testing.assert_allclose(y, expected.detach().numpy(), rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(model.backward(grad_out), tensor.grad.numpy(), rtol=1e-9, atol=1e-9)


def test_patches_must_cover_the_image():
    with pytest.raises(ValueRangeError, match="vit expected a patch_size that divides image_size=32, got 5"):
        vit(patch_size=5)
