"""RMSprop against PyTorch over all its options."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule.layers.core import Parameter, ValueRangeError
from chainrule.optim import RMSprop


@given(st.fixed_dictionaries({
    "lr": st.sampled_from([1e-3, 0.2]), "alpha": st.sampled_from([0.99, 0.5, 0.0]),
    "eps": st.sampled_from([1e-8, 1e-2]),
    "weight_decay": st.sampled_from([0, 0.1]), "momentum": st.sampled_from([0, 0.9]), "centered": st.booleans(),
    "maximize": st.booleans()}), st.sampled_from([1.0, 0.6]), st.integers(0, 99))
@settings(max_examples=40, deadline=None)
def test_numbers_of_torch(twins, chosen, present, seed):
    if chosen["centered"] and chosen["alpha"] == 0:     # the variance of one number is zero: rounding over eps
        chosen["alpha"] = 0.1
    pair = twins([(3, 5), (5,), (), (2, 1, 3)], seed)
    pair.race(RMSprop(pair.ours, **chosen), pair.torch.optim.RMSprop(pair.theirs, **chosen), present=present)


def test_rounding_does_not_make_a_variance_negative():
    w = Parameter(np.full(100, 0.5), dtype=np.float32)
    optimizer = RMSprop([w], lr=1e-9, alpha=0.5, centered=True)
    for _ in range(200):
        w.grad = np.linspace(0.1, 3, 100)
        optimizer.step()
    assert np.isfinite(w.data).all()


def test_wrong_options():
    with pytest.raises(ValueRangeError, match=r"RMSprop expected alpha in \[0, 1\], got 1.5"):
        RMSprop([Parameter([1.0])], alpha=1.5)
    with pytest.raises(ValueRangeError, match=r"RMSprop expected momentum in \[0, inf\], got -0.1"):
        RMSprop([Parameter([1.0])], momentum=-0.1)
