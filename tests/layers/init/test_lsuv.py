"""Layer-sequential unit variance: what it promises of every layer, and what it leaves alone."""

import numpy as np
import pytest

from chainrule import layers, models
from chainrule.layers import BatchNorm1d, Conv2d, Dropout, Flatten, LayerNorm, Linear, MaxPool2d, ReLU, Tanh
from chainrule.layers.core import Observer, ValueRangeError, get_rng_state, observe
from chainrule.layers.init import lsuv_, orthogonal_
from chainrule.models import Sequential


def variances(model, *x):
    """Return the variance of the output of every linear layer, in the order of the calls."""
    found = []

    class Spy(Observer):
        def after_forward(self, path, layer, x, y):
            if isinstance(layer, (Linear, Conv2d)):
                found.append(y.var(dtype=np.float64))

    with observe(Spy()):
        model.forward(*x)
    return found


@pytest.mark.parametrize("activation", [Tanh, ReLU])
def test_thirty_layers_have_unit_variance_and_a_gradient(activation):
    rng = np.random.default_rng(0)
    x = rng.standard_normal((200, 50)).astype(np.float32)
    net = Sequential(*(step for _ in range(30) for step in (Linear(50, 50), activation())))
    before = variances(net, x)
    assert lsuv_(net, x, rng=rng) is net
    after = variances(net, x)
    assert len(after) == 30 and before[-1] < 0.1
    np.testing.assert_allclose(after, 1, atol=0.021)
    net.forward(x)
    first = net.backward(np.ones((200, 50), np.float32))
    assert np.abs(first).max() > 1e-3


def test_rows_stay_orthogonal_and_biases_are_zero():
    x = 7 * np.random.default_rng(0).standard_normal((64, 3, 8, 9)).astype(np.float32)
    net = lsuv_(Sequential(Conv2d(3, 5, 3), ReLU(), MaxPool2d(2), Flatten(), Linear(45, 4)), x, tol=1e-4)
    np.testing.assert_allclose(variances(net, x), 1, atol=2e-4)
    for layer in (net[0], net[4]):
        rows = layer.weight.data.reshape(len(layer.weight.data), -1)
        gram = rows @ rows.T
        np.testing.assert_allclose(gram, gram[0, 0] * np.eye(len(rows)), atol=1e-5 * gram[0, 0])
        assert not layer.bias.data.any()


def test_norms_statistics_generators_and_caches_are_left_alone():
    x = np.random.default_rng(0).standard_normal((16, 6)).astype(np.float32)
    net = Sequential(Linear(6, 6), BatchNorm1d(6), layers.Reshape((2, 3)), LayerNorm((2, 3)), Flatten(), Dropout(0.5),
                     Linear(6, 2))
    net.forward(x)
    cache, state, kept = net.cache, get_rng_state(), net.state_dict()
    lsuv_(net, x)
    assert net.cache is cache and net.training
    for name, value in net.state_dict().items():
        same = not name.startswith(("0.", "6."))
        assert np.array_equal(value, kept[name]) == same, name
    lsuv_(net, x, rng=np.random.default_rng(0))
    drawn = get_rng_state()
    lsuv_(net, x, rng=np.random.default_rng(0))
    assert get_rng_state() == drawn and drawn != state


def test_a_layer_alone_and_one_that_is_used_twice():
    x = np.random.default_rng(0).standard_normal((40, 5))
    alone = lsuv_(Linear(5, 5).astype(np.float64), x, tol=1e-9)
    assert abs(alone.forward(x).var() - 1) < 1e-8
    shared = Linear(5, 5)
    net = lsuv_(models.Residual(Sequential(shared, Tanh(), shared)), x)
    assert abs(variances(net, x)[0] - 1) < 0.021


def test_what_has_no_variance_is_refused_with_its_place():
    with pytest.raises(ValueRangeError, match=r"variance 1, got 0 after 0 corrections of Linear\(4, 3\) at 0; look"):
        lsuv_(Sequential(Linear(4, 3)), np.zeros((5, 4), np.float32))
    with pytest.raises(ValueRangeError, match=r"tol in \(0, inf\], got 0"):
        lsuv_(Linear(2, 2), np.ones((2, 2)), tol=0)
    assert orthogonal_.__module__.startswith("chainrule.layers.init")
