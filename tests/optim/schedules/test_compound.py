"""Schedules within schedules."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule.layers.core import Parameter
from chainrule.optim import SGD, ChainedScheduler, CyclicLR, ExponentialLR, LinearLR, SequentialLR


@given(st.integers(1, 15), st.permutations(["ExponentialLR", "PolynomialLR", "LambdaLR", "CosineAnnealingWarmRestarts",
                                            "MultiStepLR", "ConstantLR"]))
@settings(max_examples=20, deadline=None)
def test_any_one_after_any_other(pair, length, names):
    arguments = {"ExponentialLR": (0.9,), "PolynomialLR": (20, 2.0), "LambdaLR": (lambda step: 1 / (1 + step),),
                 "CosineAnnealingWarmRestarts": (4, 2, 0.01), "MultiStepLR": ([2, 5],), "ConstantLR": (0.5, 3)}
    both = pair()
    parts = [both.make(name, *arguments[name]) for name in names]
    both.race(both.make_sequence(parts, [length * (index + 1) for index in range(5)]), steps=50)


def test_a_chain_of_two_then_a_cycle():
    optimizer = SGD([Parameter(np.zeros(1))], lr=1.0)
    chain = ChainedScheduler([LinearLR(optimizer, 0.5, total_iters=6), ExponentialLR(optimizer, 0.9)])
    cycle = CyclicLR(optimizer, 0.01, 0.05, step_size_up=4, base_momentum=0.8, max_momentum=0.88)
    schedule = SequentialLR(optimizer, [chain, cycle], [9])
    for step in range(40):          # PyTorch would take a step of ExponentialLR too many here
        (group,) = optimizer.param_groups
        if step < 9:
            assert group["lr"] == pytest.approx((0.5 + 0.5 * min(step, 6) / 6) * 0.9**step)
        else:
            height = 1 - abs((step - 9) % 8 - 4) / 4
            assert (group["lr"], group["momentum"]) == pytest.approx((0.01 + 0.04 * height, 0.88 - 0.08 * height))
        schedule.step()
