"""The decoder against PyTorch."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule.layers.core import cache_bytes
from chainrule.layers.norms import LayerNorm
from chainrule.models.transformer import TransformerDecoder, TransformerDecoderLayer


@settings(max_examples=25, deadline=None, derandomize=True)
@given(batch=st.sampled_from([None, 1, 3]), heads=st.integers(1, 3), lengths=st.tuples(*[st.integers(1, 5)] * 2),
       layers=st.integers(1, 3), batch_first=st.booleans(), norm_first=st.booleans(), norm=st.booleans(),
       kind=st.sampled_from(["boolean", "numbers"]), training=st.booleans(), seed=st.integers(0, 99))
def test_agrees_with_torch(agrees_with_masks, drawn_masks, sequences, batch, heads, lengths, layers, batch_first,
                           norm_first, norm, kind, training, seed):
    torch = pytest.importorskip("torch")
    rng, width, (length, source) = np.random.default_rng(seed), 2 * heads, lengths
    options = {"d_model": width, "nhead": heads, "dim_feedforward": 5, "dropout": 0.0 if training else 0.3,
               "batch_first": batch_first, "norm_first": norm_first}
    ours = TransformerDecoder(TransformerDecoderLayer(**options), layers, LayerNorm(width) if norm else None)
    theirs = torch.nn.TransformerDecoder(torch.nn.TransformerDecoderLayer(**options), layers,
                                         torch.nn.LayerNorm(width) if norm else None)
    masks = drawn_masks(rng, kind, batch, heads, {
        "tgt_mask": (length, length), "memory_mask": (length, source),
        "tgt_key_padding_mask": (length,), "memory_key_padding_mask": (source,)})
    agrees_with_masks(ours.train(training), theirs.train(training),
                      *sequences(rng, batch, batch_first, width, length, source), **masks)


def test_describe_counts_the_memory_once_for_all_layers():
    decoder, shapes = TransformerDecoder(TransformerDecoderLayer(6, 3, 5), 3, LayerNorm(6)), ((4, 2, 6), (5, 2, 6))
    told = decoder.describe(*shapes)
    decoder.forward(*(np.ones(shape, np.float32) for shape in shapes))
    assert told.cache_bytes() == cache_bytes(decoder.cache)
