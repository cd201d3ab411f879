"""Sequence to sequence: PyTorch's numbers for Luong's equations."""

import numpy as np
import pytest

from chainrule.losses import CrossEntropyLoss
from chainrule.models.zoo import seq2seq

torch = pytest.importorskip("torch")


class Theirs(torch.nn.Module):
    """The same network in PyTorch, its parts under the same names, attention written out."""

    def __init__(self, layers):
        super().__init__()
        self.symbols = torch.nn.Embedding(7, 3)
        self.encoder = torch.nn.GRU(3, 5, layers, batch_first=True)
        self.decoder = torch.nn.GRU(3, 5, layers, batch_first=True)
        self.query = torch.nn.Linear(5, 5, bias=False)
        self.combine = torch.nn.Linear(10, 5, bias=False)
        self.head = torch.nn.Linear(5, 7)

    def forward(self, source, so_far):
        read, state = self.encoder(self.symbols(source))
        written, _ = self.decoder(self.symbols(so_far), state)
        weights = torch.softmax(torch.einsum("nth,nsh->nts", self.query(written), read), dim=2)
        both = torch.cat([weights @ read, written], dim=2)
        return self.head(torch.tanh(self.combine(both))).transpose(1, 2)


@pytest.mark.parametrize("layers", [1, 2])
def test_numbers_of_torch(layers):
    theirs = Theirs(layers).double()
    ours = seq2seq(7, 3, 5, layers).astype(np.float64)
    state = theirs.state_dict()
    ours.load_state_dict(state | {"source_symbols.weight": state["symbols.weight"]})
    rng = np.random.default_rng(0)
    source, so_far, y = rng.integers(0, 7, (4, 6)), rng.integers(0, 7, (4, 5)), rng.integers(0, 7, (4, 5))
    loss = CrossEntropyLoss()
    value = loss.forward(ours.forward(source, so_far), y)
    ours.backward(loss.backward())
    expected = torch.nn.functional.cross_entropy(theirs(torch.tensor(source), torch.tensor(so_far)), torch.tensor(y))
    expected.backward()
    assert value == pytest.approx(expected.item(), abs=1e-12)
    mine = {name.replace("source_symbols", "symbols"): parameter for name, parameter in ours.named_parameters()}
    for name, parameter in theirs.named_parameters():
        np.testing.assert_allclose(mine[name].grad, parameter.grad.numpy(), atol=1e-12, err_msg=name)


def test_the_answer_may_have_another_length_and_what_comes_later_is_not_seen():
    network, rng = seq2seq(7, 3, 5).eval(), np.random.default_rng(0)
    source, so_far = rng.integers(0, 7, (2, 4)), rng.integers(0, 7, (2, 6))
    scores = network.forward(source, so_far)
    assert scores.shape == (2, 7, 6)
    np.testing.assert_allclose(network.forward(source, so_far[:, :3]), scores[:, :, :3], atol=1e-6)
