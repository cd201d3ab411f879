"""LBFGS against PyTorch on convex problems, step by step and over its options."""

from copy import deepcopy

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule.layers import Linear
from chainrule.layers.core import Parameter, ShapeError, StateError, UnknownNameError, ValueRangeError
from chainrule.losses import CrossEntropyLoss
from chainrule.optim import LBFGS, StepLR

SHAPES = [(3, 4), (4,), ()]
SIZE = 17


class Quadratic:
    """``loss = w @ matrix @ w / 2 - b @ w`` over all parameters of both libraries, as closures."""

    def __init__(self, pair, condition):
        self.pair = pair
        basis = np.linalg.qr(pair.rng.standard_normal((SIZE, SIZE)))[0]
        self.matrix = basis @ np.diag(np.geomspace(1, condition, SIZE)) @ basis.T
        self.b = pair.rng.standard_normal(SIZE)

    def ours(self):
        parts = self.pair.ours
        w = np.concatenate([part.data.ravel() for part in parts])
        grad = np.split(self.matrix @ w - self.b, np.cumsum([part.size for part in parts])[:-1])
        for part, each in zip(parts, grad, strict=True):
            part.grad = each.reshape(part.shape)
        return float(w @ self.matrix @ w / 2 - self.b @ w)

    def theirs(self):
        torch = self.pair.torch
        for part in self.pair.theirs:
            part.grad = None
        w = torch.cat([part.ravel() for part in self.pair.theirs])
        loss = w @ torch.tensor(self.matrix) @ w / 2 - torch.tensor(self.b) @ w
        loss.backward()
        return loss


@given(st.fixed_dictionaries({"line_search_fn": st.sampled_from([None, "strong_wolfe"]),
                              "lr": st.sampled_from([1, 0.5]), "max_iter": st.integers(1, 12),
                              "history_size": st.sampled_from([100, 3, 1])},
                             optional={"max_eval": st.integers(1, 20), "tolerance_grad": st.sampled_from([1e-2, 1e-5]),
                                       "tolerance_change": st.just(1e-3)}),
       st.sampled_from([2.0, 30.0]), st.integers(0, 99))
@settings(max_examples=60, deadline=None)
def test_every_step_is_that_of_torch(twins, chosen, condition, seed):
    pair = twins(SHAPES, seed)
    problem = Quadratic(pair, condition)
    ours, theirs = LBFGS(pair.ours, **chosen), pair.torch.optim.LBFGS(pair.theirs, **chosen)
    for _ in range(3):
        loss = ours.step(problem.ours)
        assert loss == pytest.approx(theirs.step(problem.theirs).item(), rel=1e-8, abs=1e-8)
        pair.compare(1e-8)
    counts = theirs.state_dict()["state"][0]
    assert [ours.state_dict()["state"][0][name] for name in ("func_evals", "n_iter")] == \
        [counts[name] for name in ("func_evals", "n_iter")]


@pytest.mark.parametrize("search", [None, "strong_wolfe"])
def test_logistic_regression_ends_where_torch_ends(search):
    torch, rng = pytest.importorskip("torch"), np.random.default_rng(0)
    x, y = rng.standard_normal((60, 5)), rng.integers(0, 3, 60)
    layer, loss = Linear(5, 3, rng=rng).astype(np.float64), CrossEntropyLoss()
    reference = torch.nn.Linear(5, 3, dtype=torch.float64)
    reference.load_state_dict({name: torch.tensor(value) for name, value in layer.state_dict().items()})
    options = {"lr": 1 if search else 0.5, "max_iter": 150, "line_search_fn": search, "tolerance_grad": 1e-10,
               "tolerance_change": 1e-16}
    ours, theirs = LBFGS(layer.parameters(), **options), torch.optim.LBFGS(reference.parameters(), **options)

    def closure():
        layer.zero_grad()
        value = loss.forward(layer.forward(x), y) + (layer.weight.data**2).sum() / 2
        layer.backward(loss.backward())
        layer.weight.grad += layer.weight.data
        return float(value)

    def their_closure():
        theirs.zero_grad()
        value = torch.nn.functional.cross_entropy(reference(torch.tensor(x)), torch.tensor(y))
        value = value + (reference.weight**2).sum() / 2
        value.backward()
        return value
    ours.step(closure)
    theirs.step(their_closure)
    np.testing.assert_allclose(layer.weight.data, reference.weight.detach().numpy(), rtol=1e-8, atol=1e-8)
    closure()
    assert np.abs(layer.weight.grad).max() < 1e-8


def test_the_line_search_copes_with_a_curved_valley():
    w = Parameter([-1.2, 1.0], dtype=np.float64)

    def rosenbrock():
        a, b = w.data
        w.grad = np.array([2 * (a - 1) - 400 * a * (b - a * a), 200 * (b - a * a)])
        return (1 - a) ** 2 + 100 * (b - a * a) ** 2
    optimizer = LBFGS([w], max_iter=100, line_search_fn="strong_wolfe")
    assert optimizer.step(rosenbrock) == pytest.approx(24.2)
    np.testing.assert_allclose(w.data, [1, 1], atol=1e-4)


@pytest.mark.parametrize("search", [None, "strong_wolfe"])
def test_states_of_both_libraries_and_copies_go_on(twins, search):
    pair = twins(SHAPES, 1)
    problem = Quadratic(pair, 20.0)
    options = {"max_iter": 4, "history_size": 5, "line_search_fn": search, "lr": 0.7}
    ours, theirs = LBFGS(pair.ours, **options), pair.torch.optim.LBFGS(pair.theirs, **options)
    for optimizer, closure in ((ours, problem.ours), (theirs, problem.theirs)):
        optimizer.step(closure)
        optimizer.step(closure)
    for state in (ours.state_dict(), theirs.state_dict()):
        again = LBFGS(pair.ours)
        again.load_state_dict(state)
        np.testing.assert_equal(again.state_dict()["param_groups"], ours.state_dict()["param_groups"])
    original, (pair.ours, copied) = pair.ours, deepcopy((pair.ours, again))
    copied.step(problem.ours)
    theirs.step(problem.theirs)
    pair.compare(1e-8)
    pair.ours = original
    again.step(problem.ours)
    pair.compare(1e-8)


def test_a_fresh_state_and_one_that_does_not_fit():
    w = Parameter([1.0, 2.0])
    optimizer = LBFGS([w])
    assert optimizer.state_dict()["state"] == {}
    optimizer.load_state_dict(optimizer.state_dict())
    w.grad = w.data
    optimizer.step(lambda: float(w.data.sum()))
    with pytest.raises(ShapeError, match=r"LBFGS expected a memory of vectors of shape \(3,\), got \(2,\)"):
        LBFGS([Parameter(np.ones(3))]).load_state_dict(optimizer.state_dict())


def test_frozen_and_unreached_parameters_stay():
    parts = [Parameter(np.full(2, 3.0), dtype=np.float64) for _ in range(3)]
    parts[1].requires_grad = False
    optimizer = LBFGS(parts)

    def closure():
        parts[0].grad, parts[1].grad = parts[0].data, parts[1].data
        return float((parts[0].data ** 2).sum() / 2)
    optimizer.step(closure)
    assert [part.data.round(6).tolist() for part in parts] == [[0, 0], [3, 3], [3, 3]]


def test_nothing_to_do_at_the_minimum():
    w, calls = Parameter(np.zeros(2)), []
    w.grad = np.zeros(2)
    LBFGS([w]).step(lambda: calls.append(1) or 0.5)
    assert len(calls) == 1
    assert not w.data.any()


def test_a_schedule_sets_the_length_of_its_steps():
    w = Parameter([1.0], dtype=np.float64)
    optimizer = LBFGS([w], lr=0.5, max_iter=1)
    schedule, lengths = StepLR(optimizer, 1, gamma=0.5), []

    def closure():
        w.grad = w.data
        return float(w.data[0] ** 2 / 2)
    for _ in range(3):
        before = w.data[0]
        optimizer.step(closure)
        schedule.step()
        lengths.append(1 - w.data[0] / before)
    assert lengths == pytest.approx([0.5, 0.25, 0.125])


def test_wrong_arguments():
    w = Parameter([1.0])
    with pytest.raises(StateError, match=r"LBFGS expected a function that clears .* call step\(closure\)"):
        LBFGS([w]).step()
    with pytest.raises(UnknownNameError, match="line_search_fn of LBFGS 'wolfe'"):
        LBFGS([w], line_search_fn="wolfe")
    with pytest.raises(ValueRangeError, match="LBFGS expected one group of parameters, got 2"):
        LBFGS([{"params": w}, {"params": Parameter([2.0])}])
    with pytest.raises(ValueRangeError, match="LBFGS expected one group of parameters, got another"):
        LBFGS([w]).add_param_group({"params": Parameter([2.0])})
    with pytest.raises(ValueRangeError, match="LBFGS expected max_iter as a whole number of at least 1, got 0"):
        LBFGS([w], max_iter=0)
