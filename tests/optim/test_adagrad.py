"""Adagrad against PyTorch over all its options."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule.layers.core import Parameter, ValueRangeError
from chainrule.optim import Adagrad

OPTIONS = st.fixed_dictionaries({
    "lr": st.sampled_from([1e-2, 0.5]), "lr_decay": st.sampled_from([0, 0.1]),
    "weight_decay": st.sampled_from([0, 0.1]), "initial_accumulator_value": st.sampled_from([0, 0.3]),
    "eps": st.sampled_from([1e-10, 1e-2]), "maximize": st.booleans()})


@given(OPTIONS, st.sampled_from([1.0, 0.6]), st.integers(0, 99))
@settings(max_examples=15, deadline=None)
def test_numbers_of_torch(twins, chosen, present, seed):
    twins.run(Adagrad, chosen, present, seed)


def test_rare_features_take_larger_steps():
    w = Parameter(np.zeros(2), dtype=np.float64)
    optimizer = Adagrad([w], lr=1.0)
    for step in range(9):
        before = w.data.copy()
        w.grad = np.array([1.0, step == 8])
        optimizer.step()
    np.testing.assert_allclose(before - w.data, [1 / 3, 1])


def test_wrong_options():
    for name in ("lr_decay", "initial_accumulator_value"):
        with pytest.raises(ValueRangeError, match=rf"Adagrad expected {name} in \[0, inf\], got -1"):
            Adagrad([Parameter([1.0])], **{name: -1})
