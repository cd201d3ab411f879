"""What *Efficient BackProp* (LeCun, Bottou, Orr & Müller 1998) says of initial values, of rates, and of its tricks."""

import numpy as np
import pytest

from chainrule.backprop import extreme_eigenvalues, gauss_newton
from chainrule.layers import LeCunTanh, Linear
from chainrule.layers.init import lecun_normal_, zeros_
from chainrule.losses import MSELoss


def test_values_keep_their_deviation_for_ten_layers():
    """Section 4.6: with normalised inputs and weights of deviation 1/√m, sums have deviation about one."""
    rng = np.random.default_rng(0)
    x, deviations = rng.normal(size=(500, 100)), []
    for _ in range(10):
        layer = Linear(100, 100).astype(np.float64)
        lecun_normal_(layer.weight, rng=rng)
        zeros_(layer.bias)
        deviations.append(layer.forward(x).std())
        expected = np.sqrt((x**2).mean())
        assert 0.8 <= deviations[-1] / expected <= 1.2
        x = LeCunTanh().forward(layer.forward(x))
    assert min(deviations) > 0.5 and max(deviations) < 1.2


@pytest.mark.parametrize(("factor", "converges"), [(1.0, True), (1.9, True), (2.1, False)])
def test_twice_one_over_the_largest_eigenvalue_is_where_descent_flies_apart(factor, converges):
    """Section 5.1, equations 31 and 33; Lanczos agrees with the dense eigenvalues."""
    rng = np.random.default_rng(1)
    x, layer = rng.normal(size=(30, 4)) * [1, 2, 3, 4], Linear(4, 1, bias=False).astype(np.float64)
    y, loss = x @ rng.normal(size=(4, 1)), MSELoss()
    largest = extreme_eigenvalues(gauss_newton(layer, loss, x, y))[-1]
    assert largest == pytest.approx(np.linalg.eigvalsh(2 * x.T @ x / 30)[-1], rel=1e-6)
    losses = []
    for _ in range(400):
        layer.zero_grad()
        losses.append(loss.forward(layer.forward(x), y))
        layer.backward(loss.backward())
        layer.weight.data -= factor / largest * layer.weight.grad
    assert losses[-1] < 1e-3 * losses[0] if converges else losses[-1] > 1e3 * losses[0]
