"""ASGD against PyTorch over all its options."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule.layers.core import Parameter, ValueRangeError
from chainrule.optim import ASGD

OPTIONS = st.fixed_dictionaries({
    "lr": st.sampled_from([1e-2, 0.3]), "lambd": st.sampled_from([0, 1e-4, 0.1]),
    "alpha": st.sampled_from([0.75, 0.0]), "t0": st.sampled_from([1e6, 10, 0]),
    "weight_decay": st.sampled_from([0, 0.1]), "maximize": st.booleans()})


@given(OPTIONS, st.sampled_from([1.0, 0.6]), st.integers(0, 99))
@settings(max_examples=15, deadline=None)
def test_numbers_of_torch(twins, chosen, present, seed):
    twins.run(ASGD, chosen, present, seed)


def test_the_average_begins_after_t0():
    w = Parameter(np.zeros(1), dtype=np.float64)
    optimizer = ASGD([w], lr=1.0, lambd=0.0, t0=3)
    weights, averages = [], []
    for _ in range(8):
        w.grad = np.random.default_rng(len(weights)).standard_normal(1)
        optimizer.step()
        weights.append(w.data[0])
        averages.append(optimizer.state_dict()["state"][0]["ax"][0])
    assert averages[:5] == weights[:5]
    assert averages[7] == pytest.approx(np.mean(weights[4:]), abs=1e-12)


def test_a_rate_that_changes_counts_from_the_next_step(twins):
    pair = twins([(3,), (2, 2)])
    ours, theirs = ASGD(pair.ours, lr=0.1, lambd=0.1), pair.torch.optim.ASGD(pair.theirs, lr=0.1, lambd=0.1)
    for lr in (0.3, 0.01, 0.2):
        ours.param_groups[0]["lr"] = theirs.param_groups[0]["lr"] = lr
        pair.race(ours, theirs, steps=4, present=0.5)


def test_wrong_options():
    with pytest.raises(ValueRangeError, match=r"ASGD expected lr in \[0, inf\], got -1"):
        ASGD([Parameter([1.0])], lr=-1)
