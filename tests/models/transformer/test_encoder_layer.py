"""The encoder layer against PyTorch over its options and masks, and in the battery."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule.layers import PReLU
from chainrule.layers.core import DtypeError, ShapeError, UnknownNameError, cache_bytes
from chainrule.models.transformer import TransformerEncoderLayer
from chainrule.testing import check_layer


@settings(max_examples=60, deadline=None, derandomize=True)
@given(batch=st.sampled_from([None, 1, 3]), heads=st.integers(1, 3), length=st.integers(1, 5),
       activation=st.sampled_from(["relu", "gelu", "prelu"]), batch_first=st.booleans(), norm_first=st.booleans(),
       bias=st.booleans(), eps=st.sampled_from([1e-5, 0.1]), kind=st.sampled_from(["boolean", "numbers"]),
       mode=st.sampled_from(["no dropout", "evaluation"]), seed=st.integers(0, 99))
def test_agrees_with_torch(agrees_with_masks, drawn_masks, sequences, batch, heads, length, activation, batch_first,
                           norm_first, bias, eps, kind, mode, seed):
    torch = pytest.importorskip("torch")
    rng, width = np.random.default_rng(seed), 2 * heads
    options = {"d_model": width, "nhead": heads, "dim_feedforward": 5, "dropout": 0.0 if mode == "no dropout" else 0.3,
               "layer_norm_eps": eps, "batch_first": batch_first, "norm_first": norm_first, "bias": bias}
    ours = TransformerEncoderLayer(**options, activation=PReLU() if activation == "prelu" else activation)
    theirs = torch.nn.TransformerEncoderLayer(
        **options, activation=torch.nn.PReLU() if activation == "prelu" else activation)
    training = mode == "no dropout"
    masks = drawn_masks(rng, kind, batch, heads, {"src_mask": (length, length), "src_key_padding_mask": (length,)})
    agrees_with_masks(ours.train(training), theirs.train(training),
                      *sequences(rng, batch, batch_first, width, length), **masks)


def test_agrees_with_torch_when_told_that_the_mask_is_causal(agrees_with_masks, rng):
    torch = pytest.importorskip("torch")
    mask = ~np.tri(5, dtype=bool)
    options = {"d_model": 6, "nhead": 3, "dim_feedforward": 5, "dropout": 0.0}
    agrees_with_masks(TransformerEncoderLayer(**options), torch.nn.TransformerEncoderLayer(**options),
                      rng.normal(size=(5, 2, 6)), src_mask=mask, is_causal=True)


def test_initial_values_and_defaults_are_those_of_torch():
    torch = pytest.importorskip("torch")
    torch.manual_seed(0)
    ours, theirs = TransformerEncoderLayer(32, 4), torch.nn.TransformerEncoderLayer(32, 4)
    assert [ours.dropout.p, ours.norm1.eps, ours.self_attn.batch_first, ours.norm_first, ours.linear1.out_features] == \
        [theirs.dropout.p, theirs.norm1.eps, theirs.self_attn.batch_first, theirs.norm_first, 2048]
    state = ours.state_dict()
    assert list(state) == list(theirs.state_dict())
    for name, value in theirs.state_dict().items():
        assert state[name].dtype == np.float32
        np.testing.assert_allclose([state[name].mean(), state[name].std()], [value.mean(), value.std()],
                                   atol=0.1 * float(value.std()) if value.std() else 0)


@pytest.mark.parametrize(("given", "count"), [((), 0), ((None,), 1), ((np.zeros((4, 4), bool), None, True), 3)])
def test_masks_given_by_position_get_none(given, count, rng):
    layer = TransformerEncoderLayer(6, 3, 5)
    y = layer.forward(rng.normal(size=(4, 2, 6)).astype(np.float32), *given)
    grads = layer.backward(np.ones_like(y))
    assert y.dtype == np.float32
    if count:
        assert len(grads) == count + 1 and all(grad is None for grad in grads[1:])
    else:
        assert grads.shape == y.shape


@pytest.mark.parametrize("options", [{"activation": "gelu", "norm_first": True},
                                     {"bias": False, "batch_first": True, "dropout": 0.0}])
def test_passes_the_battery(options):
    layer = TransformerEncoderLayer(6, 3, 5, **options)
    assert check_layer(layer, (4, 2, 6), batch_axis=0 if "batch_first" in options else 1).problems == []


def test_describe_takes_the_shapes_of_masks():
    mask, padding = np.triu(np.full((4, 4), -np.inf), 1), np.zeros((2, 4), np.float32)
    layer = TransformerEncoderLayer(6, 3, 5, activation="gelu")
    told = layer.describe((4, 2, 6), mask.shape, padding.shape)
    layer.forward(np.ones((4, 2, 6), np.float32), mask, padding)
    assert told.cache_bytes() == cache_bytes(layer.cache)


@pytest.mark.parametrize(("make", "error", "shown"), [
    (lambda: TransformerEncoderLayer(6, 3, activation="gellu"), UnknownNameError, "did you mean 'gelu'"),
    (lambda: TransformerEncoderLayer(6, 3, activation=np.tanh), DtypeError, "expected activation as a name or a Layer"),
])
def test_what_does_not_fit_is_refused(make, error, shown):
    with pytest.raises(error, match=shown):
        make()


def test_errors_say_where():
    with pytest.raises(ShapeError, match=r"expected query of shape \(L, N, 6\), got \(4, 2, 5\)") as caught:
        TransformerEncoderLayer(6, 3).forward(np.ones((4, 2, 5), np.float32))
    assert caught.value.__notes__ == ["in self_attn of TransformerEncoderLayer"]
