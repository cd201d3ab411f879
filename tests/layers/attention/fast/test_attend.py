"""Attention in one call against its definition: heads, cuts by rows, a hidden future, broadcast and strided memory."""

import numpy as np
import pytest

pytest.importorskip("numba")
from chainrule.layers.attention import attend
from chainrule.layers.attention.attend import Rules
from chainrule.layers.attention.fast import attend as twin
from chainrule.layers.kernels import set_num_threads

rng = np.random.default_rng(0)


def heads(*shape):
    """Return (…, heads, positions, features), whose memory goes by positions first, as in multi-head attention."""
    return rng.normal(size=shape).astype(np.float32).swapaxes(-3, -2) if len(shape) > 2 else \
        rng.normal(size=shape).astype(np.float32)


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("is_causal", [False, True])
@pytest.mark.parametrize(("q", "k", "v"), [
    ((2, 7, 3, 5), (2, 9, 3, 5), (2, 9, 3, 4)), ((6, 5), (3, 5), (3, 2)), ((2, 300, 3, 8),) * 3,
    ((4, 6, 5), (1, 6, 5), (1, 6, 3)), ((3, 1, 1, 5), (3, 11, 1, 5), (3, 11, 1, 6)),
])
def test_same_as_definition(q, k, v, is_causal, threads, monkeypatch):
    set_num_threads(threads)
    monkeypatch.setattr(twin, "_ROOM", 1 << 10)         # several cuts
    q, k, v = heads(*q), heads(*k), heads(*v)
    rules = Rules(0.7, is_causal=is_causal)

    def both_ways():
        y, _, state = attend.attend(q, k, v, rules)
        grad = np.random.default_rng(1).normal(size=y.shape).astype(np.float32)
        return y, state.log_sum, *attend.attend_back(state, grad)

    found = both_ways()
    monkeypatch.setattr(attend, "look", attend.look.definition)
    monkeypatch.setattr(attend, "look_back", attend.look_back.definition)
    for ours, wanted in zip(found, both_ways(), strict=True):
        np.testing.assert_allclose(ours, wanted, rtol=0, atol=2e-5 * np.abs(wanted).max())
