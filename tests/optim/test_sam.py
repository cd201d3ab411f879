"""SAM against a slow definition, and its dealings with the optimiser inside."""

from copy import deepcopy

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule.layers import Linear, Tanh
from chainrule.layers.core import Parameter, StateError, ValueRangeError
from chainrule.losses import MSELoss
from chainrule.models import Sequential
from chainrule.optim import LBFGS, SAM, SGD, Adam, StepLR

MATRIX = np.array([[3.0, 1, 0, 0, 0], [1, 2, 0, 0, 1], [0, 0, 1, 0, 0], [0, 0, 0, 5, 0], [0, 1, 0, 0, 2]])


def gradient(w):
    return MATRIX @ w + w**3


def closure_of(parts, optimizer):
    def closure():
        optimizer.zero_grad()
        w = np.concatenate([part.data.ravel() for part in parts])
        parts[0].grad, parts[1].grad = gradient(w)[:2], gradient(w)[2:].reshape(3, 1)
        return float(w @ MATRIX @ w / 2 + (w**4).sum() / 4)
    return closure


@given(st.sampled_from([0.0, 0.05, 0.2]), st.booleans(), st.sampled_from([0.0, 0.9]), st.integers(0, 99))
@settings(max_examples=20, deadline=None)
def test_the_slow_definition(rho, adaptive, momentum, seed):
    start = np.random.default_rng(seed).standard_normal(5)
    parts = [Parameter(start[:2], dtype=np.float64), Parameter(start[2:].reshape(3, 1), dtype=np.float64)]
    optimizer = SAM(SGD(parts, lr=0.02, momentum=momentum), rho, adaptive)
    w, velocity = list(start), [0.0] * 5
    for _ in range(20):
        loss = optimizer.step(closure_of(parts, optimizer))
        assert loss == pytest.approx(np.array(w) @ MATRIX @ w / 2 + sum(each**4 for each in w) / 4)
        g = gradient(np.array(w))
        units = [abs(each) if adaptive else 1.0 for each in w]
        norm = sum((units[i] * g[i]) ** 2 for i in range(5)) ** 0.5
        high = gradient(np.array([w[i] + rho * units[i] ** 2 * g[i] / norm for i in range(5)]))
        for i in range(5):
            velocity[i] = momentum * velocity[i] + high[i]
            w[i] -= 0.02 * velocity[i]
        np.testing.assert_allclose(np.concatenate([part.data.ravel() for part in parts]), w, rtol=1e-10, atol=1e-10)


def test_without_a_neighbourhood_it_is_the_optimiser_inside():
    paths = []
    for wrap in (SAM, lambda optimizer, rho: optimizer):
        parts = [Parameter([1.0, -2.0]), Parameter([[0.5], [0.1], [3.0]])]
        optimizer = wrap(Adam(parts, lr=0.1), rho=0.0)
        for _ in range(10):
            optimizer.step(closure_of(parts, optimizer))
        paths.append([part.data.tolist() for part in parts])
    assert paths[0] == paths[1]


def test_it_leaves_a_valley_that_is_narrower_than_its_neighbourhood():
    ends = []
    for rho in (0.0, 0.5):
        w = Parameter([0.05], dtype=np.float64)
        optimizer = SAM(SGD([w], lr=0.01), rho=rho)

        def closure(w=w):       # a narrow valley at 0 in the wide one around 2
            x = w.data[0]
            w.grad = np.array([(x - 2) + 100 * x * np.exp(-100 * x * x)])
            return (x - 2) ** 2 / 2 - 0.5 * np.exp(-100 * x * x)
        for _ in range(500):
            optimizer.step(closure)
        ends.append(w.data[0])
    assert ends[0] < 0.1
    assert ends[1] > 0.4


def test_groups_schedules_states_and_copies_are_those_of_the_optimiser_inside():
    parts = [Parameter([1.0, -2.0]), Parameter(np.ones((3, 1)))]
    optimizer = SAM(Adam(parts[:1], lr=0.1), rho=0.1)
    optimizer.add_param_group({"params": parts[1], "lr": 0.01})
    schedule = StepLR(optimizer, 1, gamma=0.5)
    optimizer.step(closure_of(parts, optimizer))
    schedule.step()
    assert [group["lr"] for group in optimizer.optimizer.param_groups] == [0.05, 0.005]
    copies, copied = deepcopy((parts, optimizer))
    assert copied.param_groups is copied.optimizer.param_groups
    again = SAM(Adam([{"params": parts[0]}, {"params": parts[1]}]), rho=0.1)
    state = optimizer.state_dict()
    for some, each in ((copies, copied), (parts, optimizer)):
        each.step(closure_of(some, each))
    np.testing.assert_equal([part.data for part in copies], [part.data for part in parts])
    again.load_state_dict(state)
    np.testing.assert_equal(again.state_dict(), state)
    assert repr(optimizer).startswith("SAM(Adam(1 parameters, lr=0.05,")


def test_frozen_unreached_and_zero():
    moving, frozen, unreached = (Parameter([2.0]) for _ in range(3))
    frozen.requires_grad = False
    optimizer, seen = SAM(SGD([moving, frozen, unreached], lr=0.1), rho=0.5), []

    def closure():
        seen.append([part.data.item() for part in (moving, frozen, unreached)])
        moving.grad = frozen.grad = np.array([0.0 if len(seen) > 2 else 1.0])
        return 0.0
    for _ in range(2):
        optimizer.step(closure)
    assert seen == [[2, 2, 2], [2.5, 2, 2], [pytest.approx(1.9), 2, 2], [pytest.approx(1.9), 2, 2]]


def test_an_error_on_the_way_leaves_the_parameters_where_they_were():
    w, calls = Parameter([2.0]), []
    optimizer = SAM(SGD([w]), rho=0.5)

    def closure():
        calls.append(w.data.item())
        w.grad = np.ones(1)
        return 1 / (2 - len(calls))
    with pytest.raises(ZeroDivisionError):
        optimizer.step(closure)
    assert (calls, w.data.item()) == ([2.0, 2.5], 2.0)


def test_a_model_learns():
    rng = np.random.default_rng(0)
    x = rng.standard_normal((64, 2)).astype(np.float32)
    y = x[:, :1] * x[:, 1:]
    model = Sequential(Linear(2, 16, rng=rng), Tanh(), Linear(16, 1, rng=rng))
    history = model.fit(x, y, loss=MSELoss(), optimizer=SAM(Adam(model.parameters(), lr=0.02)), epochs=60, verbose=0,
                        rng=rng)
    assert history["loss"][-1] < history["loss"][0] / 5


def test_wrong_arguments():
    w = Parameter([1.0])
    with pytest.raises(StateError, match="SAM expected a function that clears the gradients"):
        SAM(SGD([w])).step()
    with pytest.raises(ValueRangeError, match="SAM expected an optimiser that takes one gradient a step, got LBFGS"):
        SAM(LBFGS([w]))
    with pytest.raises(ValueRangeError, match=r"SAM expected rho in \[0, inf\], got -1"):
        SAM(SGD([w]), rho=-1)
