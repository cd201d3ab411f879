"""SGD against PyTorch over all its options."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule.layers.core import Parameter, ValueRangeError
from chainrule.optim import SGD


@st.composite
def options(draw):
    chosen = {"lr": draw(st.sampled_from([0.0, 1e-3, 0.3])), "weight_decay": draw(st.sampled_from([0, 0.1])),
              "maximize": draw(st.booleans()), "momentum": draw(st.sampled_from([0, 0.5, 0.9]))}
    if chosen["momentum"] and draw(st.booleans()):
        return chosen | {"nesterov": True}
    return chosen | {"dampening": draw(st.sampled_from([0, 0.3]))}


@given(options(), st.sampled_from([1.0, 0.6]), st.integers(0, 99))
@settings(max_examples=30, deadline=None)
def test_numbers_of_torch(twins, chosen, present, seed):
    pair = twins([(3, 5), (5,), (), (2, 1, 3)], seed)
    pair.race(SGD(pair.ours, **chosen), pair.torch.optim.SGD(pair.theirs, **chosen), present=present)


def test_plain_step():
    w = Parameter([1.0, 2.0])
    optimizer = SGD([w], lr=0.5)
    w.grad = np.array([2.0, -4.0])
    optimizer.step()
    assert w.data.tolist() == [0, 4]
    assert optimizer.state_dict()["state"] == {0: {"step": 1}}


def test_nesterov_needs_momentum_without_dampening():
    for chosen in ({}, {"momentum": 0.9, "dampening": 0.1}):
        with pytest.raises(ValueRangeError, match="SGD expected momentum > 0 and dampening = 0 with nesterov"):
            SGD([Parameter([1.0])], nesterov=True, **chosen)
    with pytest.raises(ValueRangeError, match="nesterov"):
        SGD([{"params": [Parameter([1.0])], "momentum": 0}], momentum=0.9, nesterov=True)
