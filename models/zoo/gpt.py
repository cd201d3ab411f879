"""A small GPT: a decoder-only Transformer that says at every place what may come next."""

from ...layers import (
    GELU,
    Dropout,
    Embedding,
    GroupedQueryAttention,
    LayerNorm,
    LearnedPositions,
    Linear,
    Transpose,
)
from ...layers.core import Count, Share, Size
from ...layers.init import normal_
from ..branches import Residual
from ..sequential import Sequential

__all__ = ["gpt"]


def gpt(vocabulary: Size, layers: Count = 4, width: Size = 128, heads: Size = 4, block_size: Size = 128,
        dropout: Share = 0.0) -> Sequential:
    """Return a GPT: tokens and places through blocks ``x = x + attention(norm(x))``, ``x = x + network(norm(x))``.

    No place looks at what comes behind it, so the scores at all places are learned at once. Weights begin at a
    deviation of 0.02, the last ones of a branch at ``0.02 / sqrt(2 * layers)``. GPT-2 small is ``gpt(50257, 12, 768,
    12, 1024, 0.1)``, but for its head, which shares the weights of the embedding.

    Shapes:
        x:      (N, T) integers below vocabulary, T at most block_size
        scores: (N, vocabulary, T)

    Source: Radford et al. 2018 and 2019 (pre-norm, section 2.3).

    Example:
        >>> from chainrule.models.zoo import gpt
        >>> gpt(vocabulary=70, layers=1).forward(np.zeros((2, 9), int)).shape
        (2, 70, 9)
    """
    blocks = []
    for _ in range(layers):
        attention = GroupedQueryAttention(width, heads, heads, dropout, rotary=False)
        network = Linear(width, 4 * width), Linear(4 * width, width)
        for last in (attention.out_proj, network[1]):
            normal_(last.weight, 0, 0.02 / (2 * layers)**0.5)
        for first in (attention.q_proj, attention.k_proj, attention.v_proj, network[0]):
            normal_(first.weight, 0, 0.02)
        blocks += [Residual(Sequential(LayerNorm(width), attention, Dropout(dropout))),
                   Residual(Sequential(LayerNorm(width), network[0], GELU("tanh"), network[1], Dropout(dropout)))]
    embedding, head = Embedding(vocabulary, width), Linear(width, vocabulary, bias=False)
    for table in (embedding, head):
        normal_(table.weight, 0, 0.02)
    return Sequential(embedding, LearnedPositions(block_size, width), Dropout(dropout), *blocks, LayerNorm(width), head,
                      Transpose(1, 2))      # (N, T, vocabulary) -> (N, vocabulary, T)
