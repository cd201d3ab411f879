"""Examples of layers that read indices and sequences: recurrence, attention, positions, embedding."""

import numpy as np
import scipy

from chainrule import layers

from .case import Case

indices = np.array([[1, 4], [0, 1], [6, 2], [1, 3]])
features = scipy.sparse.csr_array((np.linspace(-2, 3, 9), np.array([1, 4, 1, 8, 2, 2, 1, 0, 4]),
                                   np.array([0, 2, 2, 6, 9])), shape=(4, 9))       # an empty row, an entry twice

SEQUENCE_LAYERS = {
    "ClassToken": Case(lambda: layers.ClassToken(4), (3, 5, 4)),
    "Embedding": Case(lambda: layers.Embedding(7, 3, padding_idx=5), indices),
    "EmbeddingBag": Case(lambda: layers.EmbeddingBag(7, 3), indices),
    "EmbeddingBag: largest, offsets": Case(lambda: layers.EmbeddingBag(7, 3, mode="max"),
                                           (indices.ravel(), np.array([0, 3, 4])), batch_axis=None),
    "EmbeddingBag: weighted": Case(lambda: layers.EmbeddingBag(7, 3, mode="sum"), (indices, None, (4, 2))),
    "GRU": Case(lambda: layers.GRU(5, 4, 2, bidirectional=True), (6, 3, 5), batch_axis=1),
    "GRU: lengths": Case(lambda: layers.GRU(5, 4, 2, bias=False, dropout=0.4), ((4, 3, 5), None, np.array([2, 4, 0])),
                         batch_axis=None),
    "GRUCell": Case(lambda: layers.GRUCell(5, 4), ((3, 5), (3, 4))),
    "GroupedQueryAttention": Case(lambda: layers.GroupedQueryAttention(12, 6, 3), (3, 5, 12)),
    "IndexLinear": Case(lambda: layers.IndexLinear(9, 3, max_normalize=True), features),
    "IndexLinear: as they come": Case(lambda: layers.IndexLinear(9, 3), features.tocoo()),
    "LSTM": Case(lambda: layers.LSTM(5, 4, bidirectional=True), ((4, 3, 5), ((2, 3, 4), (2, 3, 4))), batch_axis=1),
    "LSTM: projected": Case(lambda: layers.LSTM(5, 4, proj_size=2, batch_first=True), (3, 4, 5)),
    "LSTMCell": Case(lambda: layers.LSTMCell(5, 4), ((3, 5), ((3, 4), (3, 4)))),
    "LearnedPositions": Case(lambda: layers.LearnedPositions(6, 4), (3, 5, 4)),
    "MultiheadAttention": Case(lambda: layers.MultiheadAttention(6, 3), ((4, 2, 6), (5, 2, 6), (5, 2, 6)),
                               batch_axis=1),
    "RNN": Case(lambda: layers.RNN(5, 4), (7, 3, 5), batch_axis=1),
    "RNN: relu": Case(lambda: layers.RNN(5, 4, 2, "relu", batch_first=True), ((3, 4, 5), (2, 3, 4))),
    "RNNCell": Case(lambda: layers.RNNCell(5, 4), (3, 5)),
    "RotaryPositions": Case(layers.RotaryPositions, (2, 3, 5, 6)),
    "ScaledDotProductAttention": Case(layers.ScaledDotProductAttention, ((3, 4, 5), (3, 6, 5), (3, 6, 2)),
                                      batch_axis=None),
    "SinusoidalPositions": Case(layers.SinusoidalPositions, (3, 5, 4)),
    "SparseLinear": Case(lambda: layers.SparseLinear(9, 3), features),
}
