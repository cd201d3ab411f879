"""The benchmark of second-order methods: its problems are what they say, and its counts right."""

import numpy as np
import pytest

import chainrule
from benchmarks import second_order
from chainrule.backprop import HessianFree
from chainrule.data import adding
from chainrule.layers.core import observe
from chainrule.losses import MSELoss
from chainrule.training import Objective


def test_the_stored_runs_say_what_was_asked_for(stored):
    """Done when: at equal passes at most 0.85 of SGD's error; the sums are solved with structural damping."""
    results = stored("second_order")
    passes = {name: points[-1] for name, points in results["passes"].items()}
    best = min(error for name, (_, _, error) in passes.items() if name.startswith("SGD"))
    work, _, error = passes["HessianFree, Kronecker factors"]
    assert work <= second_order.PASSES and error <= 0.85 * best
    assert results["adding"]["structural"][-1][2] <= 0.01


def test_work_is_counted_in_gradients():
    model, loss, x, y = second_order.autoencoder(0)
    objective, work = Objective(model, loss, x, y), second_order.Work(len(x))
    with observe(work):
        objective()
        assert np.isclose(work.passes, 1)
        objective.value()
        objective.part(np.arange(300)).value()
    assert np.isclose(work.passes, 1 + 1 / 3 + 0.2 / 3)


def test_methods_end_in_time_at_their_best(monkeypatch):
    problem, _, methods = second_order.PROBLEMS["curve"]
    monkeypatch.setitem(second_order.PROBLEMS, "curve", (problem, 0.05, methods))
    for method in ("L-BFGS", "Levenberg-Marquardt", "Adam"):
        found = np.array(second_order.by_time("curve", method, 0.01))
        assert (np.diff(found, axis=0) * [1, -1] > 0).all()
        assert found[-1, 0] < 5


@pytest.mark.long
def test_on_the_autoencoder_hessian_free_is_ahead_of_sgd_after_2000_passes(monkeypatch):
    """With a seed on which nothing was chosen; the whole of it is in docs/second_order.md."""
    monkeypatch.setattr(second_order, "PASSES", 2000)
    (*_, ours), (*_, theirs) = (second_order.by_passes(*method, seed=100) for method in (
        ("HessianFree, Kronecker factors",), ("SGD", second_order.SGD_RATES[0])))
    assert ours[0] <= theirs[0] and ours[2] <= 0.85 * theirs[2]


@pytest.mark.long
def test_thirty_steps_of_adding_are_solved_with_structural_damping():
    chainrule.manual_seed(0)
    rng = np.random.default_rng(0)
    model, loss = second_order.recurrent(3), MSELoss()
    optimizer = HessianFree(model.parameters(), damping=0.1, samples=200, max_iter=100, structural=1.0)
    for _ in range(40):
        optimizer.step(Objective(model, loss, *adding(500, 30, rng=rng)[:]))
    x, y = adding(500, 30, rng=rng)[:]
    assert np.mean(np.abs(model.forward(x) - y) > 0.04) < 0.05
