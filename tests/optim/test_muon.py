"""Muon against a definition by singular values, and roughly against PyTorch, which computes it in bfloat16."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule.layers.core import Parameter, ShapeError, UnknownNameError, ValueRangeError
from chainrule.optim import Muon

OPTIONS = {"lr": st.sampled_from([1e-3, 0.1]), "weight_decay": st.sampled_from([0.0, 0.3]),
           "momentum": st.sampled_from([0.95, 0.0, 0.5]), "nesterov": st.booleans(),
           "ns_coefficients": st.sampled_from([(3.4445, -4.7750, 2.0315), (1.5, -0.5, 0.0)]),
           "ns_steps": st.integers(0, 6), "eps": st.sampled_from([1e-7, 10.0]),
           "adjust_lr_fn": st.sampled_from([None, "original", "match_rms_adamw"])}


def slow(w, grads, lr=1e-3, weight_decay=0.1, momentum=0.95, nesterov=True, ns_coefficients=(3.4445, -4.7750, 2.0315),
         eps=1e-7, ns_steps=5, adjust_lr_fn=None):
    """Yield the matrix after every step; the iteration acts on each singular value as a polynomial acts on numbers."""
    a, b, c = ns_coefficients
    rows, columns = w.shape
    mean = np.zeros_like(w)
    for grad in grads:
        mean = momentum * mean + (1 - momentum) * grad
        u, values, v = np.linalg.svd(momentum * mean + (1 - momentum) * grad if nesterov else mean,
                                     full_matrices=False)
        values = values / max(np.sqrt(sum(value**2 for value in values)), eps)
        for _ in range(ns_steps):
            values = a * values + b * values**3 + c * values**5
        factor = 0.2 * max(rows, columns) ** 0.5 if adjust_lr_fn == "match_rms_adamw" else max(1, rows / columns) ** 0.5
        w = w - lr * weight_decay * w - lr * factor * (u @ np.diag(values) @ v)
        yield w


@given(st.fixed_dictionaries({}, optional=OPTIONS), st.sampled_from([(3, 5), (6, 2), (4, 4), (1, 3)]),
       st.integers(0, 99))
@settings(max_examples=30, deadline=None)
def test_the_slow_definition(chosen, shape, seed):
    rng = np.random.default_rng(seed)
    w, grads = Parameter(rng.standard_normal(shape), dtype=np.float64), rng.standard_normal((50, *shape))
    optimizer = Muon([w], **chosen)
    for grad, expected in zip(grads, slow(w.data.copy(), grads, **chosen), strict=True):
        w.grad = grad
        optimizer.step()
        np.testing.assert_allclose(w.data, expected, rtol=1e-10, atol=1e-10)


@given(st.fixed_dictionaries({}, optional=OPTIONS | {"eps": st.just(1e-7), "ns_steps": st.integers(0, 3)}),
       st.integers(0, 99))
@settings(max_examples=15, deadline=None)
def test_pytorch_but_for_its_rounding(twins, chosen, seed):
    pair = twins([(3, 5), (6, 2)], seed)
    before = [part.data.copy() for part in pair.ours]
    optimizers = Muon(pair.ours, **chosen), pair.torch.optim.Muon(pair.theirs, **chosen)
    for _ in range(5):
        pair.feed(0.8)
        for optimizer in optimizers:
            optimizer.step()
    for mine, other, old in zip(pair.ours, pair.theirs, before, strict=True):
        moved = np.linalg.norm(mine.data - old)
        assert np.linalg.norm(mine.data - other.detach().numpy()) <= 0.05 * moved + 1e-12


def test_a_saved_state_of_torch_goes_on(twins):
    pair = twins([(2, 3)])
    theirs = pair.torch.optim.Muon(pair.theirs)
    pair.feed()
    theirs.step()
    ours = Muon(pair.ours)
    ours.load_state_dict(theirs.state_dict())
    entry = ours.state_dict()["state"][0]
    np.testing.assert_allclose(entry["momentum_buffer"], 0.05 * pair.ours[0].grad, rtol=1e-12)
    assert entry["step"] == 1


def test_wrong_options():
    with pytest.raises(ShapeError, match=r"Muon expected matrices, got a parameter of shape \(3,\); give biases"):
        Muon([Parameter(np.ones((2, 2))), Parameter(np.ones(3))])
    with pytest.raises(UnknownNameError, match="adjust_lr_fn of Muon 'orginal' – did you mean 'original'"):
        Muon([Parameter(np.ones((2, 2)))], adjust_lr_fn="orginal")
    with pytest.raises(ValueRangeError, match="Muon expected ns_steps as a whole number of at least 0, got -1"):
        Muon([Parameter(np.ones((2, 2)))], ns_steps=-1)
