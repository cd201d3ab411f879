"""L1Loss: its kink (its parity with PyTorch is tested with its family)."""

import numpy as np

from chainrule.losses import L1Loss


def test_subgradient_at_the_kink_is_zero():
    loss = L1Loss("sum")
    assert loss.forward(np.array([2.0, -1.0, 5.0]), np.array([2.0, 1.0, 1.0])) == 6
    assert loss.backward().tolist() == [0, -1, 1]
    assert loss.hvp(np.ones(3)).tolist() == [0, 0, 0]


def test_is_locally_linear():
    assert L1Loss.locally_linear
