"""Adamax against PyTorch over all its options."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule.layers.core import Parameter, ValueRangeError
from chainrule.optim import Adamax

OPTIONS = st.fixed_dictionaries({
    "lr": st.sampled_from([2e-3, 0.2]), "betas": st.sampled_from([(0.9, 0.999), (0.0, 0.5), (0.3, 0.2)]),
    "eps": st.sampled_from([1e-8, 1e-2]), "weight_decay": st.sampled_from([0, 0.1]),
    "maximize": st.booleans()})


@given(OPTIONS, st.sampled_from([1.0, 0.6]), st.integers(0, 99))
@settings(max_examples=15, deadline=None)
def test_numbers_of_torch(twins, chosen, present, seed):
    twins.run(Adamax, chosen, present, seed)


def test_no_step_is_longer_than_the_rate():
    w = Parameter(np.zeros(50), dtype=np.float64)
    optimizer, rng = Adamax([w], lr=0.1), np.random.default_rng(0)
    for _ in range(20):
        before = w.data.copy()
        w.grad = rng.standard_cauchy(50)
        optimizer.step()
        assert np.abs(w.data - before).max() <= 0.1 + 1e-12


def test_wrong_options():
    with pytest.raises(ValueRangeError, match=r"Adamax expected each of betas in \[0, 1\), got 1.0"):
        Adamax([Parameter([1.0])], betas=(0.9, 1.0))
