"""Scaled dot-product attention against PyTorch, and in the battery."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule.layers.attention import ScaledDotProductAttention
from chainrule.layers.core import DtypeError, ShapeError, ValueRangeError
from chainrule.testing import check_layer


@settings(max_examples=80, deadline=None, derandomize=True)
@given(lead=st.lists(st.integers(1, 3), min_size=0, max_size=2), heads=st.integers(1, 3), group=st.integers(1, 3),
       sizes=st.tuples(*[st.integers(1, 5)] * 4), mask=st.sampled_from([None, "causal", "boolean", "numbers"]),
       mask_axes=st.integers(2, 3), scale=st.sampled_from([None, 0.3]))
def test_agrees_with_torch(lead, heads, group, sizes, mask, mask_axes, scale):
    torch = pytest.importorskip("torch")
    length, source, width, value_width = sizes
    rng = np.random.default_rng(0)
    x = [rng.normal(size=(*lead, count, rows, features)) for count, rows, features in (
        (heads * group, length, width), (heads, source, width), (heads, source, value_width))]
    given_mask = None
    if mask in ("boolean", "numbers"):
        shape = (length, source) if mask_axes == 2 else (heads * group, length, source)
        given_mask = rng.random(shape) < 0.7 if mask == "boolean" else rng.normal(size=shape)
        if mask == "boolean":
            given_mask[..., 0] = True
    layer = ScaledDotProductAttention(is_causal=mask == "causal", scale=scale, enable_gqa=group > 1)
    y = layer.forward(*x, *([] if given_mask is None else [given_mask]))
    tensors = [torch.tensor(each, requires_grad=True) for each in x]
    expected = torch.nn.functional.scaled_dot_product_attention(
        *tensors, None if given_mask is None else torch.tensor(given_mask), is_causal=mask == "causal", scale=scale,
        enable_gqa=group > 1)
    np.testing.assert_allclose(y, expected.detach(), rtol=1e-10, atol=1e-10)
    grad_out = rng.normal(size=y.shape)
    expected.backward(torch.tensor(grad_out))
    grads = layer.backward(grad_out)
    assert len(grads) == (3 if given_mask is None else 4) and (given_mask is None or grads[3] is None)
    for grad, tensor in zip(grads, tensors, strict=False):
        np.testing.assert_allclose(grad, tensor.grad, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize(("options", "shapes"), [
    ({}, ((3, 4, 5), (3, 6, 5), (3, 6, 2))),
    ({"is_causal": True, "dropout_p": 0.4}, ((2, 3, 4, 5), (2, 3, 6, 5), (2, 3, 6, 5))),
    ({"scale": 0.2}, ((2, 1, 4, 5), (1, 3, 6, 5), (6, 2))),
    ({"dropout_p": 1.0}, ((4, 5), (6, 5), (6, 2))),
    ({"enable_gqa": True, "is_causal": True, "dropout_p": 0.3}, ((2, 6, 4, 5), (2, 3, 4, 5), (2, 3, 4, 1))),
])
def test_passes_the_battery(options, shapes):
    assert check_layer(ScaledDotProductAttention(**options), *shapes, batch_axis=None).problems == []


def test_dropout_leaves_out_weights_only_in_training():
    q, k = np.zeros((2, 50, 3), np.float32), np.zeros((2, 60, 3), np.float32)
    v = np.broadcast_to(np.eye(60, dtype=np.float32), (2, 60, 60))
    layer = ScaledDotProductAttention(0.25, rng=np.random.default_rng(0))
    weights = layer.forward(q, k, v)
    assert weights.dtype == np.float32
    assert sorted(set(np.unique(weights.round(6)).tolist())) == pytest.approx([0, 1 / 45], abs=1e-6)
    assert (weights == 0).mean() == pytest.approx(0.25, abs=0.02)
    np.testing.assert_allclose(layer.eval().forward(q, k, v), 1 / 60, rtol=1e-6)


@pytest.mark.parametrize(("options", "shapes", "error", "shown"), [
    ({}, ((4, 5), (6, 3), (6, 2)), ShapeError, r"expected q of shape \(..., L, E\), .* got \(4, 5\) and \(6, 3\)"),
    ({}, ((4, 5), (6, 5), (7, 2)), ShapeError, r"v of shape \(..., S, D\)"),
    ({}, ((5,), (6, 5), (6, 2)), ShapeError, r"got \(5,\) and"),
    ({}, ((2, 4, 5), (3, 6, 5), (3, 6, 2)), ShapeError, "got"),
    ({}, ((4, 5), (6, 5), (6, 2), (4, 5)), ShapeError, r"expected attn_mask of shape \(4, 6\), got \(4, 5\)"),
    ({"enable_gqa": True}, ((4, 4, 5), (3, 6, 5), (3, 6, 2)), ShapeError, r"q of shape \(..., H, L, E\)"),
    ({"dropout_p": 1.5}, (), ValueRangeError, "expected dropout_p in"),
])
def test_what_does_not_fit_is_refused(options, shapes, error, shown):
    with pytest.raises(error, match=shown):
        ScaledDotProductAttention(**options).forward(*map(np.ones, shapes))
    if shapes:
        with pytest.raises(error, match=shown):
            ScaledDotProductAttention(**options).describe(*shapes)


def test_integers_are_refused():
    with pytest.raises(DtypeError, match="expected k of a floating-point dtype"):
        ScaledDotProductAttention().forward(np.ones((4, 5)), np.ones((6, 5), int), np.ones((6, 2)))
