"""Lion against a slow definition, element by element."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule.layers.core import Parameter
from chainrule.optim import Lion


def slow(w, grads, lr=1e-4, betas=(0.9, 0.99), weight_decay=0.0, maximize=False):
    """Return the path of one number, as in algorithm 2 of Chen et al."""
    path, m = [], 0.0
    for g in grads:
        g = -g if maximize else g
        c = betas[0] * m + (1 - betas[0]) * g
        w = w - lr * (np.sign(c) + weight_decay * w)
        m = betas[1] * m + (1 - betas[1]) * g
        path.append(w)
    return path


@given(st.fixed_dictionaries({}, optional={
    "lr": st.sampled_from([1e-2, 0.5]), "betas": st.sampled_from([(0.9, 0.99), (0.0, 0.5), (0.5, 0.0)]),
    "weight_decay": st.sampled_from([0.0, 0.3]), "maximize": st.booleans()}), st.integers(0, 99))
@settings(max_examples=20, deadline=None)
def test_the_slow_definition(chosen, seed):
    rng = np.random.default_rng(seed)
    parts = [Parameter(rng.standard_normal(shape), dtype=np.float64) for shape in ((2, 3), (1,))]
    optimizer, grads = Lion(parts, **chosen), rng.standard_normal((50, 7))
    start, path = np.concatenate([part.data.ravel() for part in parts]), []
    for grad in grads:
        parts[0].grad, parts[1].grad = grad[:6].reshape(2, 3), grad[6:]
        optimizer.step()
        path.append(np.concatenate([part.data.ravel() for part in parts]))
    expected = [slow(w, grad, **chosen) for w, grad in zip(start, grads.T, strict=True)]
    np.testing.assert_allclose(np.transpose(path), expected, rtol=1e-12, atol=1e-12)
