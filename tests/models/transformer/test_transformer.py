"""The whole Transformer against PyTorch, and learning."""

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule.layers import Linear
from chainrule.layers.core import DtypeError, ShapeError
from chainrule.losses import CrossEntropyLoss
from chainrule.models.transformer import Transformer, TransformerEncoder, TransformerEncoderLayer
from chainrule.optim import Adam

SMALL = {"num_encoder_layers": 1, "num_decoder_layers": 2, "dim_feedforward": 5}


@settings(max_examples=25, deadline=None, derandomize=True)
@given(batch=st.sampled_from([None, 1, 3]), heads=st.integers(1, 3), lengths=st.tuples(*[st.integers(1, 5)] * 2),
       activation=st.sampled_from(["relu", "gelu"]), batch_first=st.booleans(), norm_first=st.booleans(),
       bias=st.booleans(), kind=st.sampled_from(["boolean", "numbers"]), training=st.booleans(),
       seed=st.integers(0, 99))
def test_agrees_with_torch(agrees_with_masks, drawn_masks, sequences, batch, heads, lengths, activation, batch_first,
                           norm_first, bias, kind, training, seed):
    torch = pytest.importorskip("torch")
    rng, width, (length, source) = np.random.default_rng(seed), 2 * heads, lengths
    options = {"d_model": width, "nhead": heads, **SMALL, "dropout": 0.0 if training else 0.3,
               "activation": activation, "batch_first": batch_first, "norm_first": norm_first, "bias": bias}
    masks = drawn_masks(rng, kind, batch, heads, {
        "src_mask": (source, source), "tgt_mask": (length, length), "memory_mask": (length, source),
        "src_key_padding_mask": (source,), "tgt_key_padding_mask": (length,), "memory_key_padding_mask": (source,)})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")             # about torch's nested tensors
        theirs = torch.nn.Transformer(**options)
    agrees_with_masks(Transformer(**options).train(training), theirs.train(training),
                      *sequences(rng, batch, batch_first, width, source, length), **masks)


def test_initial_values_are_those_of_torch():
    torch = pytest.importorskip("torch")
    torch.manual_seed(0)
    ours = Transformer(32, 4, **SMALL | {"dim_feedforward": 64}).state_dict()
    theirs = torch.nn.Transformer(32, 4, batch_first=True, **SMALL | {"dim_feedforward": 64}).state_dict()
    assert list(ours) == list(theirs)
    for name, value in theirs.items():
        assert ours[name].std() == pytest.approx(float(value.std()), rel=0.15), name


def test_the_causal_mask_is_that_of_torch():
    torch = pytest.importorskip("torch")
    mask = Transformer.generate_square_subsequent_mask(5)
    assert mask.dtype == np.float32
    np.testing.assert_array_equal(mask, torch.nn.Transformer.generate_square_subsequent_mask(5).numpy())


def test_custom_halves_are_taken_as_they_are(rng):
    encoder = TransformerEncoder(TransformerEncoderLayer(6, 3, 7, dropout=0.0), 1)
    model = Transformer(6, 3, custom_encoder=encoder, **SMALL)
    assert model.encoder is encoder
    y = model.forward(*rng.normal(size=(2, 4, 2, 6)).astype(np.float32))
    assert [grad.shape for grad in model.backward(np.ones_like(y))] == [(4, 2, 6)] * 2
    with pytest.raises(DtypeError, match="Transformer expected a Layer in place 1"):
        Transformer(6, 3, custom_encoder="encoder")


def test_without_input_gradients_the_encoder_still_learns(rng):
    model = Transformer(6, 3, dropout=0.0, **SMALL)
    y = model.forward(*rng.normal(size=(2, 4, 2, 6)).astype(np.float32))
    model.needs_input_grad = False
    assert model.backward(rng.normal(size=y.shape).astype(np.float32)) is None
    assert all(parameter.grad.any() for name, parameter in model.named_parameters() if name.endswith("weight"))
    model.zero_grad()
    model.encoder.requires_grad_(False)
    assert model.backward(np.ones_like(y)) is None
    assert not any(parameter.reached for parameter in model.encoder.parameters())


def test_errors_say_where():
    with pytest.raises(ShapeError, match=r"expected key of shape \(S, 2, 6\), got \(5, 3, 6\)") as caught:
        Transformer(6, 3, **SMALL).forward(np.ones((5, 3, 6), np.float32), np.ones((4, 2, 6), np.float32))
    assert caught.value.__notes__ == ["in multihead_attn of TransformerDecoderLayer",
                                      "in layers.0 of TransformerDecoder", "in decoder of Transformer"]


def test_it_learns_to_turn_a_sequence_around(rng):
    model = Transformer(16, 2, 1, 1, 32, dropout=0.0, batch_first=True, rng=rng)
    head, loss, places = Linear(16, 6, rng=rng), CrossEntropyLoss(), rng.normal(size=(4, 16)).astype(np.float32)
    symbols = rng.normal(size=(6, 16)).astype(np.float32)
    optimizer = Adam([*model.parameters(), *head.parameters()], lr=3e-3)
    for _ in range(150):
        x = rng.integers(6, size=(32, 4))
        optimizer.zero_grad()
        y = head.forward(model.forward(symbols[x] + places, np.broadcast_to(places, (32, 4, 16))))
        value = loss.forward(y.reshape(-1, 6), x[:, ::-1].ravel())
        model.backward(head.backward(loss.backward().reshape(y.shape)))
        optimizer.step()
    assert value < 0.1
