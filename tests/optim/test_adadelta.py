"""Adadelta against PyTorch over all its options."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule.layers.core import Parameter, ValueRangeError
from chainrule.optim import Adadelta

OPTIONS = st.fixed_dictionaries({
    "lr": st.sampled_from([1.0, 0.1]), "rho": st.sampled_from([0.9, 0.0, 0.5]),
    "eps": st.sampled_from([1e-6, 1e-2]), "weight_decay": st.sampled_from([0, 0.1]),
    "maximize": st.booleans()})


@given(OPTIONS, st.sampled_from([1.0, 0.6]), st.integers(0, 99))
@settings(max_examples=15, deadline=None)
def test_numbers_of_torch(twins, chosen, present, seed):
    twins.run(Adadelta, chosen, present, seed)


def test_the_scale_of_the_gradient_does_not_matter():
    steps = []
    for scale in (1.0, 1e6):
        w = Parameter(np.zeros(3), dtype=np.float64)
        optimizer = Adadelta([w], eps=1e-6)
        for sign in (1, -0.5, 2):
            w.grad = sign * scale * np.array([10.0, -20.0, 30.0])
            optimizer.step()
        steps.append(w.data.copy())
    np.testing.assert_allclose(*steps, rtol=1e-6)


def test_wrong_options():
    with pytest.raises(ValueRangeError, match=r"Adadelta expected rho in \[0, 1\], got 1.5"):
        Adadelta([Parameter([1.0])], rho=1.5)
