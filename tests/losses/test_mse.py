"""MSELoss: exact values (its parity with PyTorch is tested with its family)."""

import numpy as np

from chainrule.losses import MSELoss


def test_linear_model_on_xor_has_a_quarter():
    """The best a linear model can do on XOR is to say one half everywhere (Goodfellow et al. 2016, section 6.1)."""
    assert MSELoss().forward(np.full((4, 1), 0.5), np.array([[0.0], [1.0], [1.0], [0.0]])) == 0.25


def test_gradient_is_twice_the_difference_over_the_size():
    prediction, target = np.array([[3.0, 1.0, 0.0]]), np.array([[0.0, 1.0, 6.0]])
    loss = MSELoss()
    assert loss.forward(prediction, target) == 15
    assert loss.backward().tolist() == [[2.0, 0.0, -4.0]]
    assert loss.hvp(np.ones((1, 3))).tolist() == [[2 / 3] * 3]
