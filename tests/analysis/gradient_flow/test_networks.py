"""Deep networks as they were ordered."""

import numpy as np
import pytest

from chainrule.analysis.gradient_flow import deep_network
from chainrule.layers import BatchNorm1d, LayerNorm, Tanh
from chainrule.layers.core import UnknownNameError, ValueRangeError
from chainrule.models import Residual


def test_weights_have_the_gain():
    model = deep_network(3, 200, Tanh, gain=1.5, rng=np.random.default_rng(0))
    assert [len(block) for block in model] == [2, 2, 2] and isinstance(model[2][1], Tanh) and model[0][0].bias is None
    assert all(block[0].weight.data.std() == pytest.approx(1.5 / np.sqrt(200), rel=0.02) for block in model)
    weight = deep_network(1, 9, gain=0.5, init="orthogonal")[0][0].weight.data
    np.testing.assert_allclose(weight @ weight.T, 0.25 * np.eye(9), atol=1e-6)


@pytest.mark.parametrize(("norm", "kind"), [("batch", BatchNorm1d), ("layer", LayerNorm)])
def test_norms_and_ways_around(norm, kind):
    model = deep_network(2, 4, norm=norm, residual=True)
    assert all(isinstance(block, Residual) and isinstance(block.branch[1], kind) for block in model)


def test_wrong_orders():
    with pytest.raises(UnknownNameError, match="norm"):
        deep_network(2, 4, norm="bath")
    with pytest.raises(ValueRangeError, match="depth"):
        deep_network(0, 4)
