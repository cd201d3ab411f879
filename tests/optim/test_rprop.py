"""Rprop against PyTorch over all its options."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule.layers.core import Parameter, ValueRangeError
from chainrule.optim import Rprop

OPTIONS = st.fixed_dictionaries({
    "lr": st.sampled_from([1e-2, 0.3]), "etas": st.sampled_from([(0.5, 1.2), (0.1, 3.0)]),
    "step_sizes": st.sampled_from([(1e-6, 50), (0.1, 0.4)]), "maximize": st.booleans()})


@given(OPTIONS, st.sampled_from([1.0, 0.6]), st.integers(0, 99))
@settings(max_examples=15, deadline=None)
def test_numbers_of_torch(twins, chosen, present, seed):
    twins.run(Rprop, chosen, present, seed)


def test_only_the_sign_of_the_gradient_matters():
    weights = []
    for scale in (1e-3, np.array([1e6, 1.0, 1e-6])):
        w = Parameter(np.zeros(3), dtype=np.float64)
        optimizer = Rprop([w])
        for _ in range(30):
            w.grad = scale * (w.data - [1.0, -2.0, 0.1])
            optimizer.step()
        weights.append(w.data.copy())
    np.testing.assert_array_equal(*weights)
    np.testing.assert_allclose(weights[0], [1.0, -2.0, 0.1], atol=0.3)


def test_wrong_options():
    with pytest.raises(ValueRangeError, match=r"Rprop expected etas with 0 < .* < etas\[1\], got \(0.5, 1.0\)"):
        Rprop([Parameter([1.0])], etas=(0.5, 1.0))
    with pytest.raises(ValueRangeError, match=r"Rprop expected step_sizes\[0\] in \[0, 1\], got 2"):
        Rprop([Parameter([1.0])], step_sizes=(2, 1))
