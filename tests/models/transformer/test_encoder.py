"""The encoder against PyTorch."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule.layers.core import DtypeError, ValueRangeError, cache_bytes
from chainrule.layers.norms import LayerNorm
from chainrule.models.transformer import TransformerEncoder, TransformerEncoderLayer


@settings(max_examples=25, deadline=None, derandomize=True)
@given(batch=st.sampled_from([None, 1, 3]), heads=st.integers(1, 3), length=st.integers(1, 5), layers=st.integers(1, 3),
       batch_first=st.booleans(), norm_first=st.booleans(), norm=st.booleans(),
       kind=st.sampled_from(["boolean", "numbers"]), training=st.booleans(), seed=st.integers(0, 99))
def test_agrees_with_torch(agrees_with_masks, drawn_masks, sequences, batch, heads, length, layers, batch_first,
                           norm_first, norm, kind, training, seed):
    torch = pytest.importorskip("torch")
    rng, width = np.random.default_rng(seed), 2 * heads
    options = {"d_model": width, "nhead": heads, "dim_feedforward": 5, "dropout": 0.0 if training else 0.3,
               "batch_first": batch_first, "norm_first": norm_first}
    ours = TransformerEncoder(TransformerEncoderLayer(**options), layers, LayerNorm(width) if norm else None)
    theirs = torch.nn.TransformerEncoder(torch.nn.TransformerEncoderLayer(**options), layers,
                                         torch.nn.LayerNorm(width) if norm else None, enable_nested_tensor=False)
    masks = drawn_masks(rng, kind, batch, heads, {"mask": (length, length), "src_key_padding_mask": (length,)})
    agrees_with_masks(ours.train(training), theirs.train(training),
                      *sequences(rng, batch, batch_first, width, length), **masks)


@pytest.mark.parametrize("given", [(), ((4, 4),), ((), (2, 4)), ((4, 4), (2, 4)), ((6, 4, 4),)])
def test_describe_counts_masks_once_for_all_layers(given):
    encoder = TransformerEncoder(TransformerEncoderLayer(6, 3, 5), 3)
    told = encoder.describe((4, 2, 6), *given)
    encoder.forward(np.ones((4, 2, 6), np.float32), *(np.zeros(shape, bool) if shape else None for shape in given))
    assert told.cache_bytes() == cache_bytes(encoder.cache)


def test_layers_are_copies_that_start_equal_and_draw_from_one_generator():
    rng = np.random.default_rng(0)
    encoder = TransformerEncoder(TransformerEncoderLayer(6, 3, 5, rng=rng), 2)
    first, second = encoder.layers
    for one, other in zip(first.parameters(), second.parameters(), strict=True):
        assert one is not other and (one.data == other.data).all()
    assert first.dropout.rng is second.dropout.rng is second.self_attn.rng is rng


def test_a_causal_encoder_does_not_see_the_future(rng):
    encoder = TransformerEncoder(TransformerEncoderLayer(6, 3, 5, dropout=0.0, batch_first=True), 2).astype(np.float64)
    x = rng.normal(size=(2, 5, 6))
    y = encoder.forward(x, is_causal=True)
    for place in range(1, 5):
        later = x.copy()
        later[:, place:] += rng.normal(size=later[:, place:].shape)
        np.testing.assert_array_equal(encoder.forward(later, is_causal=True)[:, :place], y[:, :place])
        grad_out = np.zeros_like(y)
        grad_out[:, :place] = 1
        assert not encoder.backward(grad_out)[:, place:].any()


@pytest.mark.parametrize(("arguments", "error", "shown"), [
    (("layer", 2), DtypeError, "TransformerEncoder expected a Layer in place 1, got 'layer'"),
    ((TransformerEncoderLayer(6, 3, 5), 0), ValueRangeError, "expected num_layers as a whole number of at least 1"),
])
def test_what_does_not_fit_is_refused(arguments, error, shown):
    with pytest.raises(error, match=shown):
        TransformerEncoder(*arguments)
