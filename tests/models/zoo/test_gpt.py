"""The small GPT: PyTorch's numbers with the same weights, the published size, no sight of what comes behind."""

import numpy as np
import pytest

from chainrule.layers.core import ShapeError
from chainrule.losses import CrossEntropyLoss
from chainrule.models import summary
from chainrule.models.zoo import gpt


def in_torch(network, layers, width, heads):
    """Return the same function of tokens in PyTorch, from the weights of ``network``, and these as tensors."""
    torch = pytest.importorskip("torch")
    weights = {name: torch.tensor(array, requires_grad=True) for name, array in network.state_dict().items()}
    functional = torch.nn.functional

    def affine(x, name):
        return functional.linear(x, weights[f"{name}.weight"], weights.get(f"{name}.bias"))

    def norm(x, name):
        return functional.layer_norm(x, (width,), weights[f"{name}.weight"], weights[f"{name}.bias"])

    def forward(tokens):
        x = weights["0.weight"][tokens] + weights["1.weight"][:tokens.shape[1]]
        for block in range(layers):
            first, second = (f"{3 + 2 * block + part}.branch" for part in range(2))
            inside = norm(x, f"{first}.0")
            q, k, v = (affine(inside, f"{first}.1.{name}_proj").unflatten(2, (heads, -1)).transpose(1, 2)
                       for name in "qkv")
            y = functional.scaled_dot_product_attention(q, k, v, is_causal=True).transpose(1, 2).flatten(2)
            x = x + affine(y, f"{first}.1.out_proj")
            inside = functional.gelu(affine(norm(x, f"{second}.0"), f"{second}.1"), approximate="tanh")
            x = x + affine(inside, f"{second}.3")
        last = 3 + 2 * layers
        return affine(norm(x, str(last)), str(last + 1)).transpose(1, 2)

    return forward, weights


def test_numbers_of_torch():
    torch = pytest.importorskip("torch")
    network = gpt(7, 2, 12, 3, block_size=9).astype(np.float64)
    rng = np.random.default_rng(0)
    for parameter in network.parameters():
        parameter.data = rng.normal(size=parameter.shape)
    forward, weights = in_torch(network, 2, 12, 3)
    x, y = rng.integers(0, 7, (2, 4, 6))
    loss = CrossEntropyLoss()
    value = loss.forward(network.forward(x), y)
    network.backward(loss.backward())
    expected = torch.nn.functional.cross_entropy(forward(torch.tensor(x)), torch.tensor(y))
    expected.backward()
    assert value == pytest.approx(expected.item(), rel=1e-12)
    for name, parameter in network.named_parameters():
        np.testing.assert_allclose(parameter.grad, weights[name].grad.numpy(), rtol=1e-9, atol=1e-11, err_msg=name)


def test_nothing_is_seen_before_it_is_there():
    network, rng = gpt(7, 2, 12, 3, block_size=9).eval(), np.random.default_rng(0)
    x = rng.integers(0, 7, (2, 9))
    changed = x.copy()
    changed[:, 5:] = (x[:, 5:] + 1) % 7
    first, second = network.forward(x), network.forward(changed)
    np.testing.assert_array_equal(first[:, :, :5], second[:, :, :5])
    assert (first[:, :, 5:] != second[:, :, 5:]).any()


@pytest.mark.long
def test_the_size_of_gpt2_but_for_the_head_that_is_shared_there():
    assert summary(gpt(50257, 12, 768, 12, 1024), (9,)).total.parameters == 124_439_808 + 50257 * 768


def test_weights_begin_as_published():
    network = gpt(70, 4, 64, 4)
    weights = network.state_dict()
    assert weights["0.weight"].std() == pytest.approx(0.02, rel=0.1)
    assert weights["3.branch.1.q_proj.weight"].std() == pytest.approx(0.02, rel=0.1)
    assert weights["3.branch.1.out_proj.weight"].std() == pytest.approx(0.02 / 8**0.5, rel=0.1)
    assert weights["4.branch.3.weight"].std() == pytest.approx(0.02 / 8**0.5, rel=0.1)


def test_longer_than_a_block_is_refused():
    with pytest.raises(ShapeError, match="at most 9 positions"):
        gpt(7, 1, 12, 3, block_size=9).forward(np.zeros((1, 10), int))
