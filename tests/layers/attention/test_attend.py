"""Attention against slow loops over single numbers, in whatever parts it is computed."""

import math
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule.layers.attention import parts
from chainrule.layers.attention.attend import Rules, attend, attend_back, with_dropout


def slow_attention(q, k, v, scale, bias, is_causal, kept, gain):
    """Return output and weights for matrices q (L, E), k (S, E) and v (S, D), number by number."""
    weights = [[0.0] * len(k) for _ in q]
    for i, query in enumerate(q):
        scores = {}
        for j, key in enumerate(k):
            score = scale * sum(float(a) * float(b) for a, b in zip(query, key, strict=True)) + float(bias[i][j])
            if score > -math.inf and not (is_causal and j > i):
                scores[j] = math.exp(score)
        for j, value in scores.items():
            weights[i][j] = value / sum(scores.values()) * (gain if kept[i][j] else 0.0)
    y = [[sum(weight * float(value[d]) for weight, value in zip(row, v, strict=True)) for d in range(v.shape[1])]
         for row in weights]
    return np.array(y).reshape(len(q), v.shape[1]), np.array(weights)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(length=st.integers(1, 5), source=st.integers(1, 5), is_causal=st.booleans(), masked=st.booleans(),
       p=st.sampled_from([0.0, 0.4]), room=st.sampled_from([1, 7, 1 << 18]))
def test_agrees_with_slow_loops(length, source, is_causal, masked, p, room):
    rng = np.random.default_rng(0)
    q, k, v = rng.normal(size=(2, 3, length, 4)), rng.normal(size=(2, 3, source, 4)), rng.normal(size=(2, 3, source, 2))
    bias = np.where(rng.random((length, source)) < 0.3, -np.inf, rng.normal(size=(length, source))) if masked else None
    rules = with_dropout(Rules(0.7, bias, is_causal), q, k, v, p, rng)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parts, "_ROOM", room)
        y, weights, _ = attend(q, k, v, rules, need_weights=True)
    everything, nothing = np.ones((2, 3, length, source), bool), np.zeros((length, source))
    for index in np.ndindex(2, 3):
        expected = slow_attention(q[index], k[index], v[index], 0.7, nothing if bias is None else bias, is_causal,
                                  (everything if rules.kept is None else rules.kept)[index], rules.gain)
        np.testing.assert_allclose(y[index], expected[0], rtol=1e-12, atol=1e-12)
        np.testing.assert_allclose(weights[index], expected[1], rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("room", [1, 9, 40, 1 << 18])
@pytest.mark.parametrize("is_causal", [False, True])
def test_the_way_back_does_not_depend_on_the_parts_and_is_the_derivative(room, is_causal, monkeypatch):
    rng = np.random.default_rng(0)
    q, k, v = rng.normal(size=(2, 3, 4, 5)), rng.normal(size=(2, 1, 6, 5)), rng.normal(size=(3, 6, 2))
    grad_y, grad_weights = rng.normal(size=(2, 3, 4, 2)), rng.normal(size=(2, 1, 4, 6))
    rules = with_dropout(Rules(0.7, rng.normal(size=(4, 6)), is_causal), q, k, v, 0.3, rng)
    monkeypatch.setattr(parts, "_ROOM", room)

    def value(*x):
        y, weights, _ = attend(*x, rules, need_weights=True)
        return np.sum(y * grad_y) + np.sum(weights * grad_weights)
    grads = attend_back(attend(q, k, v, rules)[2], grad_y, grad_weights)
    for place, (array, grad) in enumerate(zip((q, k, v), grads, strict=True)):
        assert grad.shape == array.shape
        step = 1e-6 * rng.normal(size=array.shape)
        ahead, behind = ([each + sign * step if place == index else each for index, each in enumerate((q, k, v))]
                         for sign in (1, -1))
        assert np.sum(grad * step) == pytest.approx((value(*ahead) - value(*behind)) / 2, rel=1e-6)


def test_large_scores_do_not_overflow_and_a_query_without_keys_gets_nothing():
    q, k, v = np.full((2, 1), 100.0, np.float32), np.array([[-50.0], [50.0]], np.float32), np.ones((2, 3), np.float32)
    bias = np.array([[0, 0], [-np.inf, -np.inf]], np.float32)
    y, weights, state = attend(q, k, v, Rules(1.0, bias), need_weights=True)
    assert weights.tolist() == [[0, 1], [0, 0]] and y.tolist() == [[1, 1, 1], [0, 0, 0]]
    for grad in attend_back(state, np.ones_like(y)):
        assert np.isfinite(grad).all()


def test_long_sequences_need_no_matrix_of_all_weights():
    length = 2048
    q, k, v, grad_y = np.random.default_rng(0).normal(size=(4, 1, length, 4)).astype(np.float32)
    attend_back(attend(q, k, v, Rules(0.5, is_causal=True))[2], grad_y)         # what is compiled is compiled now
    tracemalloc.start()
    _, _, state = attend(q, k, v, Rules(0.5, is_causal=True))
    attend_back(state, grad_y)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < length * length * q.itemsize / 2
