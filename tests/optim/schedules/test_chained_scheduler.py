"""ChainedScheduler against PyTorch."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule.layers.core import Parameter, ValueRangeError
from chainrule.optim import SGD, ChainedScheduler, ExponentialLR, ReduceLROnPlateau

PARTS = {"ConstantLR": (0.5, 7), "LinearLR": (0.2, 0.9, 12), "ExponentialLR": (0.93,), "MultiStepLR": ([3, 9], 0.5),
         "PolynomialLR": (40, 1.5), "CosineAnnealingLR": (30,), "StepLR": (6, 0.7),
         "LambdaLR": (lambda step: 1 + step,), "MultiplicativeLR": (lambda step: 1 + (step % 3) / 10,),
         "CosineAnnealingWarmRestarts": (5, 2)}


@given(st.lists(st.sampled_from(sorted(PARTS)), min_size=1, max_size=4, unique=True))
@settings(max_examples=20, deadline=None)
def test_numbers_of_torch(pair, names):
    names.sort(key=lambda name: name in ("LambdaLR", "CosineAnnealingWarmRestarts"))    # those that overwrite, last
    both = pair()
    both.race(both.make_chain([both.make(name, *PARTS[name]) for name in names]), steps=29)


def test_a_saved_state_goes_on():
    optimizers = [SGD([Parameter(np.zeros(1))], lr=1.0) for _ in range(2)]
    first, again = (ChainedScheduler([ExponentialLR(each, 0.5), ExponentialLR(each, 0.9)]) for each in optimizers)
    for _ in range(3):
        first.step()
    optimizers[1].load_state_dict(optimizers[0].state_dict())
    again.load_state_dict(first.state_dict())
    again.step()
    assert again.get_last_lr() == pytest.approx([0.45**4])


def test_wrong_parts():
    optimizer, other = (SGD([Parameter(np.zeros(1))]) for _ in range(2))
    with pytest.raises(ValueRangeError, match="ChainedScheduler expected at least one schedule, got none"):
        ChainedScheduler([])
    with pytest.raises(ValueRangeError, match="that need no metric, got ReduceLROnPlateau"):
        ChainedScheduler([ReduceLROnPlateau(optimizer)])
    with pytest.raises(ValueRangeError, match="ChainedScheduler expected schedules of its own optimiser"):
        ChainedScheduler([ExponentialLR(optimizer, 0.5), ExponentialLR(other, 0.5)])
    with pytest.raises(ValueRangeError, match="ChainedScheduler expected schedules of its own optimiser"):
        ChainedScheduler([ExponentialLR(optimizer, 0.5)], other)
