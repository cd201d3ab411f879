"""The character network: PyTorch's numbers, and a state that goes in and out."""

import numpy as np
import pytest

from chainrule.layers.core import UnknownNameError
from chainrule.losses import CrossEntropyLoss
from chainrule.models.zoo import char_rnn
from chainrule.training import CarriedLoss

torch = pytest.importorskip("torch")


class Theirs(torch.nn.Module):
    """The same network in PyTorch, its parts under the same names."""

    def __init__(self, cell, layers):
        super().__init__()
        self.embedding = torch.nn.Embedding(7, 3)
        self.rnn = getattr(torch.nn, cell)(3, 5, layers, batch_first=True)
        self.head = torch.nn.Linear(5, 7)

    def forward(self, x, state=None):
        y, state = self.rnn(self.embedding(x), state)
        return self.head(y).transpose(1, 2), state


@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("cell", ["RNN", "LSTM", "GRU"])
def test_numbers_of_torch_over_two_batches(cell, layers):
    theirs = Theirs(cell, layers).double()
    ours = char_rnn(7, 3, 5, layers, cell).astype(np.float64)
    ours.load_state_dict(theirs.state_dict())
    loss, state = CarriedLoss(CrossEntropyLoss()), None
    given = ()
    for seed in (0, 1):
        x, y = np.random.default_rng(seed).integers(0, 7, (2, 4, 6))
        value = loss.forward(ours.forward(x, *given), y)
        ours.zero_grad()
        ours.backward(loss.backward())
        given = loss.state()
        scores, state = theirs(torch.tensor(x), state)
        expected = torch.nn.functional.cross_entropy(scores, torch.tensor(y))
        theirs.zero_grad()
        expected.backward()
        state = tuple(each.detach() for each in state) if cell == "LSTM" else state.detach()
        assert value == pytest.approx(expected.item(), abs=1e-12)
        for name, parameter in theirs.named_parameters():
            mine = dict(ours.named_parameters())[name]
            np.testing.assert_allclose(mine.grad, parameter.grad.numpy(), atol=1e-12, err_msg=name)


def test_other_cells_are_refused():
    with pytest.raises(UnknownNameError, match="cell"):
        char_rnn(7, cell="QRNN")
