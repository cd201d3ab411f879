"""Adam against PyTorch over all its options."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule.layers.core import Parameter, ValueRangeError
from chainrule.optim import Adam


@given(st.fixed_dictionaries({
    "lr": st.sampled_from([1e-3, 0.2]), "betas": st.sampled_from([(0.9, 0.999), (0.0, 0.5), (0.3, 0.1)]),
    "eps": st.sampled_from([1e-8, 1e-2]), "weight_decay": st.sampled_from([0, 0.1]), "amsgrad": st.booleans(),
    "maximize": st.booleans(), "decoupled_weight_decay": st.booleans()}), st.sampled_from([1.0, 0.6]),
    st.integers(0, 99))
@settings(max_examples=40, deadline=None)
def test_numbers_of_torch(twins, chosen, present, seed):
    pair = twins([(3, 5), (5,), (), (2, 1, 3)], seed)
    pair.race(Adam(pair.ours, **chosen), pair.torch.optim.Adam(pair.theirs, **chosen), present=present)


def test_the_first_step_has_length_lr_in_every_direction():
    w = Parameter(np.zeros(4), dtype=np.float64)
    optimizer = Adam([w], lr=0.1)
    w.grad = np.array([1e-5, -1.0, 1e5, 0.0])
    optimizer.step()
    np.testing.assert_allclose(w.data, [-0.1, 0.1, -0.1, 0], rtol=2e-3)


def test_wrong_options():
    for options, text in (({"betas": (0.9, 1.0)}, r"each of betas in \[0, 1\), got 1.0"),
                          ({"eps": -1e-8}, r"eps in \[0, inf\]"), ({"lr": float("nan")}, "lr")):
        with pytest.raises(ValueRangeError, match=f"Adam expected {text}"):
            Adam([Parameter([1.0])], **options)
