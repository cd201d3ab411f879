"""NAdam against PyTorch over all its options."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule.layers.core import Parameter, ValueRangeError
from chainrule.optim import NAdam

OPTIONS = st.fixed_dictionaries({
    "lr": st.sampled_from([2e-3, 0.2]), "betas": st.sampled_from([(0.9, 0.999), (0.0, 0.5), (0.3, 0.2)]),
    "eps": st.sampled_from([1e-8, 1e-2]), "weight_decay": st.sampled_from([0, 0.1]),
    "momentum_decay": st.sampled_from([4e-3, 0, 1.0]), "decoupled_weight_decay": st.booleans(),
    "maximize": st.booleans()})


@given(OPTIONS, st.sampled_from([1.0, 0.6]), st.integers(0, 99))
@settings(max_examples=15, deadline=None)
def test_numbers_of_torch(twins, chosen, present, seed):
    twins.run(NAdam, chosen, present, seed)


def test_betas_that_change_on_the_way(twins):
    pair = twins([(3,), (2, 2)])
    ours, theirs = NAdam(pair.ours), pair.torch.optim.NAdam(pair.theirs)
    for beta1 in (0.95, 0.8, 0.9):
        ours.param_groups[0]["betas"] = theirs.param_groups[0]["betas"] = (beta1, 0.99)
        pair.race(ours, theirs, steps=5, present=0.5)


def test_wrong_options():
    with pytest.raises(ValueRangeError, match=r"NAdam expected momentum_decay in \[0, inf\], got -1"):
        NAdam([Parameter(np.zeros(1))], momentum_decay=-1)
