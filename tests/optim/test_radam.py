"""RAdam against PyTorch over all its options."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule.layers.core import Parameter, ValueRangeError
from chainrule.optim import RAdam

OPTIONS = st.fixed_dictionaries({
    "lr": st.sampled_from([1e-3, 0.2]), "betas": st.sampled_from([(0.9, 0.999), (0.5, 0.9), (0.3, 0.2)]),
    "eps": st.sampled_from([1e-8, 1e-2]), "weight_decay": st.sampled_from([0, 0.1]),
    "decoupled_weight_decay": st.booleans(), "maximize": st.booleans()})


@given(OPTIONS, st.sampled_from([1.0, 0.6]), st.integers(0, 99))
@settings(max_examples=15, deadline=None)
def test_numbers_of_torch(twins, chosen, present, seed):
    twins.run(RAdam, chosen, present, seed)


def test_at_first_it_is_momentum():
    w = Parameter(np.zeros(2), dtype=np.float64)
    optimizer = RAdam([w], lr=0.1)
    for _ in range(5):
        before = w.data.copy()
        w.grad = np.array([1e-3, 1e3])
        optimizer.step()
        np.testing.assert_allclose(before - w.data, [1e-4, 1e2])
    before = w.data.copy()
    w.grad = np.array([1e-3, 1e3])
    optimizer.step()                        # from now on the variance is known
    np.testing.assert_allclose(*(before - w.data), rtol=1e-3)


def test_wrong_options():
    with pytest.raises(ValueRangeError, match=r"RAdam expected eps in \[0, inf\], got -1"):
        RAdam([Parameter([1.0])], eps=-1)
