"""The walk in one call against step by step: both directions, sequences of several lengths, any number of threads."""

import numpy as np
import pytest

pytest.importorskip("numba")
from chainrule.layers import LSTM
from chainrule.layers.kernels import set_num_threads
from chainrule.layers.recurrent import recurrence

rng = np.random.default_rng(0)


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("lengths", [None, [7, 2, 5, 1, 7]])
@pytest.mark.parametrize("scale", [1.0, 200.0])
def test_same_as_step_by_step(lengths, bidirectional, threads, scale, monkeypatch):
    set_num_threads(threads)
    layer = LSTM(3, 33, num_layers=2, bidirectional=bidirectional)
    x = (scale * rng.normal(size=(7, 5, 3))).astype(np.float32)

    def both_ways():
        y, (h, c) = layer.forward(x, None, lengths)
        grads = [np.random.default_rng(1).normal(size=part.shape).astype(np.float32) for part in (y, h, c)]
        layer.zero_grad()
        grad_x = layer.backward(tuple(grads))
        grad_x = grad_x[0] if isinstance(grad_x, tuple) else grad_x
        return [y, h, c, grad_x, *(parameter.grad.copy() for parameter in layer.parameters())]

    found = both_ways()
    monkeypatch.setattr(recurrence, "walk", recurrence.walk.definition)
    monkeypatch.setattr(recurrence, "walk_back", recurrence.walk_back.definition)
    for ours, wanted in zip(found, both_ways(), strict=True):
        np.testing.assert_allclose(ours, wanted, rtol=0, atol=1e-5 * max(1, np.abs(wanted).max()))
