"""Sequence to sequence: one network reads, another writes and looks back at what was read."""

from ...layers import (
    GRU,
    Concat,
    Dropout,
    Embedding,
    Linear,
    ScaledDotProductAttention,
    Select,
    Tanh,
    Transpose,
)
from ...layers.core import Share, Size
from ..graph import Graph

__all__ = ["seq2seq"]


def seq2seq(vocabulary: Size, embedding: Size = 32, hidden: Size = 64, layers: Size = 1, dropout: Share = 0.0) -> Graph:
    """Return a GRU that reads the source and one that writes the answer, with attention from the second to the first.

    ``weights = softmax(general(decoder) @ encoder.T)``, ``scores = head(tanh(combine([weights @ encoder, decoder])))``.
    The decoder begins with the encoder's last state and is given the answer so far, one place late
    (``training.shifted``); both share one table of symbols.

    Shapes:
        source: (N, S) integers below vocabulary
        so_far: (N, T), the same
        scores: (N, vocabulary, T)

    Source: Luong, Pham & Manning 2015, equations 5 to 8, global attention, score "general"; Cho et al. 2014 (GRU).

    Example:
        >>> from chainrule.models.zoo import seq2seq
        >>> seq2seq(vocabulary=9).forward(np.ones((2, 7), int), np.zeros((2, 5), int)).shape
        (2, 9, 5)
    """
    table = Embedding(vocabulary, embedding)
    between = dropout if layers > 1 else 0.0
    return Graph(["source", "so_far"], {
        "source_symbols": (table, "source"),
        "encoder": (GRU(embedding, hidden, layers, batch_first=True, dropout=between), "source_symbols"),
        "read": (Select(0), "encoder"),
        "state": (Select(1), "encoder"),
        "symbols": (table, "so_far"),
        "decoder": (GRU(embedding, hidden, layers, batch_first=True, dropout=between), "symbols", "state"),
        "written": (Select(0), "decoder"),
        "query": (Linear(hidden, hidden, bias=False), "written"),
        "context": (ScaledDotProductAttention(scale=1.0), "query", "read", "read"),
        "both": (Concat(-1), "context", "written"),
        "combine": (Linear(2 * hidden, hidden, bias=False), "both"),
        "attentional": (Tanh(), "combine"),
        "dropout": (Dropout(dropout), "attentional"),
        "head": (Linear(hidden, vocabulary), "dropout"),
        "scores": (Transpose(1, 2), "head"),            # (N, T, vocabulary) -> (N, vocabulary, T)
    }, ["scores"])
