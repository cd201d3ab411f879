"""The decoder layer against PyTorch over its options and masks, and in the battery."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule.models.transformer import TransformerDecoderLayer
from chainrule.testing import check_layer


@settings(max_examples=60, deadline=None, derandomize=True)
@given(batch=st.sampled_from([None, 1, 3]), heads=st.integers(1, 3), lengths=st.tuples(*[st.integers(1, 5)] * 2),
       activation=st.sampled_from(["relu", "gelu"]), batch_first=st.booleans(), norm_first=st.booleans(),
       bias=st.booleans(), kind=st.sampled_from(["boolean", "numbers"]),
       mode=st.sampled_from(["no dropout", "evaluation"]), seed=st.integers(0, 99))
def test_agrees_with_torch(agrees_with_masks, drawn_masks, sequences, batch, heads, lengths, activation, batch_first,
                           norm_first, bias, kind, mode, seed):
    torch = pytest.importorskip("torch")
    rng, width, (length, source) = np.random.default_rng(seed), 2 * heads, lengths
    options = {"d_model": width, "nhead": heads, "dim_feedforward": 5, "dropout": 0.0 if mode == "no dropout" else 0.3,
               "activation": activation, "batch_first": batch_first, "norm_first": norm_first, "bias": bias}
    masks = drawn_masks(rng, kind, batch, heads, {
        "tgt_mask": (length, length), "memory_mask": (length, source),
        "tgt_key_padding_mask": (length,), "memory_key_padding_mask": (source,)})
    training = mode == "no dropout"
    agrees_with_masks(TransformerDecoderLayer(**options).train(training),
                      torch.nn.TransformerDecoderLayer(**options).train(training),
                      *sequences(rng, batch, batch_first, width, length, source), **masks)


def test_initial_state_has_the_names_and_shapes_of_torch():
    torch = pytest.importorskip("torch")
    ours, theirs = (make(8, 2, 16).state_dict() for make in (
        TransformerDecoderLayer, torch.nn.TransformerDecoderLayer))
    assert [(name, value.shape) for name, value in ours.items()] == \
        [(name, tuple(value.shape)) for name, value in theirs.items()]


def test_passes_the_battery_with_norms_first():
    layer = TransformerDecoderLayer(6, 3, 5, activation="gelu", norm_first=True)
    assert check_layer(layer, (4, 2, 6), (5, 2, 6), batch_axis=1).problems == []


def test_causal_flags_suffice(rng):
    layer = TransformerDecoderLayer(6, 3, 5, dropout=0.0).astype(np.float64)
    tgt, memory = rng.normal(size=(4, 2, 6)), rng.normal(size=(5, 2, 6))
    hidden = ~np.tri(4, dtype=bool)
    y = layer.forward(tgt, memory, tgt_is_causal=True, memory_is_causal=True)
    np.testing.assert_allclose(y, layer.forward(tgt, memory, hidden, ~np.tri(4, 5, dtype=bool)), rtol=1e-12)
    assert [grad is None for grad in layer.backward(np.ones_like(y))] == [False, False, True, True]


def test_without_input_gradients_parameters_still_get_theirs(rng):
    for norm_first in (False, True):
        layer = TransformerDecoderLayer(6, 3, 5, dropout=0.0, norm_first=norm_first).astype(np.float64)
        tgt, memory = rng.normal(size=(4, 2, 6)), rng.normal(size=(5, 2, 6))
        grad_out = rng.normal(size=tgt.shape)
        layer.forward(tgt, memory)
        layer.backward(grad_out)
        expected = {name: parameter.grad.copy() for name, parameter in layer.named_parameters()}
        layer.zero_grad()
        layer.needs_input_grad = False
        assert layer.backward(grad_out) is None
        for name, parameter in layer.named_parameters():
            np.testing.assert_array_equal(parameter.grad, expected[name], err_msg=name)
