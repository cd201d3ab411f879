"""What cyclic schedules share: they need something to move against the rate."""

import numpy as np
import pytest

from chainrule.layers.core import Parameter, ValueRangeError
from chainrule.optim import SGD, Adagrad, CyclicLR, OneCycleLR
from chainrule.optim.schedules.cycle import Cycle


def test_rules_without_momentum():
    optimizer = Adagrad([Parameter(np.zeros(1))])
    for make in (lambda **options: OneCycleLR(optimizer, 1.0, 10, **options),
                 lambda **options: CyclicLR(optimizer, 0.1, 1.0, **options)):
        with pytest.raises(ValueRangeError, match="expected an optimiser with momentum or betas, got Adagrad; use"):
            make()
        assert "momentum" not in make(cycle_momentum=False).optimizer.param_groups[0]


def test_what_a_subclass_must_write():
    with pytest.raises(NotImplementedError, match=r"Cycle\.rate_and_momentum"):
        Cycle(SGD([Parameter(np.zeros(1))]), True, 0.8, 0.9, -1)
