"""Grouped-query attention against PyTorch's function, with rotations by complex numbers, and in the battery."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule.layers.attention import GroupedQueryAttention, MultiheadAttention
from chainrule.layers.core import ShapeError, ValueRangeError
from chainrule.testing import check_layer


@settings(max_examples=40, deadline=None, derandomize=True)
@given(batch=st.sampled_from([None, 1, 3]), kv_heads=st.integers(1, 3), group=st.integers(1, 3),
       length=st.integers(1, 5), bias=st.booleans(), causal=st.booleans(), rotary=st.booleans())
def test_agrees_with_torch(agrees, batch, kv_heads, group, length, bias, causal, rotary):
    torch = pytest.importorskip("torch")
    heads, head_dim = kv_heads * group, 4
    width = heads * head_dim

    class Theirs(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.q_proj = torch.nn.Linear(width, width, bias)
            self.k_proj = torch.nn.Linear(width, kv_heads * head_dim, bias)
            self.v_proj = torch.nn.Linear(width, kv_heads * head_dim, bias)
            self.out_proj = torch.nn.Linear(width, width, bias)

        def forward(self, x):
            q, k, v = (layer(x).unflatten(-1, (-1, head_dim)).transpose(-2, -3)
                       for layer in (self.q_proj, self.k_proj, self.v_proj))
            if rotary:
                speeds = 100.0 ** (-torch.arange(0, head_dim, 2).double() / head_dim)
                turn = torch.polar(torch.ones(length, 2).double(), torch.outer(torch.arange(length), speeds))
                q, k = (torch.view_as_real(torch.view_as_complex(each.unflatten(-1, (-1, 2)).contiguous()) * turn)
                        .flatten(-2) for each in (q, k))
            y = torch.nn.functional.scaled_dot_product_attention(q, k, v, is_causal=causal, enable_gqa=True)
            return self.out_proj(y.transpose(-2, -3).flatten(-2))
    x = np.random.default_rng(0).normal(size=(length, width) if batch is None else (batch, length, width))
    agrees(GroupedQueryAttention(width, heads, kv_heads, bias=bias, causal=causal, rotary=rotary, base=100.0),
           Theirs(), x)


def test_as_many_keys_as_queries_is_multi_head_attention():
    rng = np.random.default_rng(0)
    grouped = GroupedQueryAttention(6, 3, 3, causal=False, rotary=False).astype(np.float64)
    multihead = MultiheadAttention(6, 3, batch_first=True).astype(np.float64)
    state = grouped.state_dict()
    multihead.load_state_dict({
        "in_proj_weight": np.concatenate([state[f"{part}_proj.weight"] for part in "qkv"]),
        "in_proj_bias": np.concatenate([state[f"{part}_proj.bias"] for part in "qkv"]),
        "out_proj.weight": state["out_proj.weight"], "out_proj.bias": state["out_proj.bias"]})
    x = rng.normal(size=(2, 5, 6))
    np.testing.assert_allclose(grouped.forward(x), multihead.forward(x, x, x)[0], rtol=1e-10, atol=1e-12)


def test_causal_attention_does_not_see_the_future():
    rng = np.random.default_rng(0)
    layer = GroupedQueryAttention(8, 4, 2)
    x = rng.normal(size=(2, 6, 8)).astype(np.float32)
    y = layer.forward(x)
    assert y.dtype == np.float32
    for place in range(1, 6):
        later = x.copy()
        later[:, place:] += 1
        np.testing.assert_allclose(layer.forward(later)[:, :place], y[:, :place], rtol=1e-5, atol=1e-6)
        assert not np.allclose(layer.forward(later)[:, place:], y[:, place:])


@pytest.mark.parametrize(("options", "shape"), [
    ((12, 6, 3), (3, 5, 12)),
    ((12, 6, 2, 0.3, False, False, False), (3, 5, 12)),
    ((12, 2, 1), (5, 12)),
])
def test_passes_the_battery(options, shape):
    assert check_layer(GroupedQueryAttention(*options), shape).problems == []


@pytest.mark.parametrize(("make", "error", "shown"), [
    (lambda: GroupedQueryAttention(12, 6, 4), ValueRangeError, "multiple of num_kv_heads, got 12, 6 and 4"),
    (lambda: GroupedQueryAttention(12, 5, 1), ValueRangeError, "multiple of num_heads .* got 12, 5 and 1"),
    (lambda: GroupedQueryAttention(6, 2, 1), ValueRangeError, "even number of features in each head .* rotary=False"),
    (lambda: GroupedQueryAttention(8, 2, 1).forward(np.ones((3, 5, 6))), ShapeError, r"x of shape \(N, L, 8\), got"),
])
def test_what_does_not_fit_is_refused(make, error, shown):
    with pytest.raises(error, match=shown):
        make()
