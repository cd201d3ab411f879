"""The character network: a recurrent layer reads a text and says at every place what may come next."""

from typing import Annotated, Any

from ...layers import GRU, LSTM, RNN, Dropout, Embedding, Linear, Select, Transpose
from ...layers.core import OneOf, Share, Size, check_choice
from ..graph import Graph

__all__ = ["char_rnn"]

CELLS = {"GRU": GRU, "LSTM": LSTM, "RNN": RNN}


def char_rnn(vocabulary: Size, embedding: Size = 32, hidden: Size = 128, layers: Size = 1,
             cell: Annotated[str, OneOf(*CELLS)] = "LSTM", dropout: Share = 0.0) -> Graph:
    """Return a recurrent network of characters, ``scores = head(dropout(rnn(embedding(x))))``; cell RNN, LSTM or GRU.

    The state is an input that may be left out, and an output: ``scores, *state = network.forward(x, *state)`` goes on
    where the call before ended.

    Shapes:
        x:      (N, T) integers below vocabulary
        h0, c0: (layers, N, hidden), c0 for LSTM alone; zero if not given
        scores: (N, vocabulary, T), and behind it h_n and c_n, of the shapes of h0 and c0

    Source: Mikolov et al. 2010; Karpathy 2015, "The unreasonable effectiveness of recurrent neural networks".

    Example:
        >>> from chainrule.models.zoo import char_rnn
        >>> network = char_rnn(vocabulary=70)
        >>> scores, h, c = network.forward(np.zeros((2, 9), int))
        >>> scores.shape, network.forward(np.zeros((2, 9), int), h, c)[0].shape
        ((2, 70, 9), (2, 70, 9))
    """
    kind = CELLS[check_choice(cell, CELLS, name="cell", owner="char_rnn")]
    states = ["h", "c"] if cell == "LSTM" else ["h"]
    before = [f"{name}0" for name in states]
    nodes: dict[str, tuple[Any, ...]] = {
        "embedding": (Embedding(vocabulary, embedding), "x"),
        "rnn": (kind(embedding, hidden, layers, batch_first=True, dropout=dropout if layers > 1 else 0.0), "embedding",
                tuple(before) if len(before) > 1 else before[0]),
        "output": (Select(0), "rnn"),
        "dropout": (Dropout(dropout), "output"),
        "head": (Linear(hidden, vocabulary), "dropout"),
        "scores": (Transpose(1, 2), "head"),            # (N, T, vocabulary) -> (N, vocabulary, T)
    }
    after = {f"{name}_n": (Select(1 + index), "rnn") for index, name in enumerate(states)}
    return Graph(["x"], nodes | after, ["scores", *after], optional=before)
