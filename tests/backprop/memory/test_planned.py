"""Planned networks train to the same bits as plain ones, in the memory that was predicted."""

import copy
import tracemalloc

import numpy as np
import pytest

import chainrule as cr
from chainrule.backprop import plan
from chainrule.layers import LSTM, Add, Dropout, Linear, ReLU, Select, Tanh
from chainrule.layers.core import DtypeError, ShapeError, ValueRangeError
from chainrule.layers.kernels import lent, memory, release
from chainrule.losses import CrossEntropyLoss
from chainrule.models import Graph, Parallel, Residual, Sequential
from chainrule.models.zoo import densenet, googlenet, published, resnet, unet, vgg
from chainrule.optim import SGD
from chainrule.testing import check_layer


def two_inputs():
    return Graph(["a", "b"], {"s": (Add(), "a", "b"), "h": (Tanh(), "s"), "l": (Linear(6, 6), "h"),
                              "d": (Dropout(0.3), "l"), "t": (Add(), "d", "h", "s"), "y": (Linear(6, 3), "t"),
                              "z": (ReLU(), "t")}, ["y", "z", "h"])


def nested():
    inner = Graph(["x"], {"a": (Linear(6, 6), "x"), "b": (Tanh(), "a"), "c": (Add(), "a", "b", "x")}, ["b", "c"])
    branches = Parallel(Tanh(), Linear(6, 6), Residual(Sequential(ReLU(), Linear(6, 6))))
    return Sequential(Linear(6, 6), Residual(Sequential(branches, Add()), Sequential(branches, Add())), Dropout(0.4),
                      inner, Add(), Tanh(), Linear(6, 2))


CASES = {
    "vgg": (lambda: vgg(10, 1, (8, 16), 2, image_size=8, hidden=(20,)), [(5, 1, 8, 8)]),
    "resnet": (lambda: resnet(10, 3, (4, 8), 2, 8), [(5, 3, 8, 8)]),
    "densenet": (lambda: densenet(10, 1, 4, (3, 3), 8, large_images=False), [(3, 1, 8, 8)]),
    "unet": (lambda: unet(3, 1, (4, 8, 16), padding="same", batch_norm=True), [(2, 1, 16, 16)]),
    "inception": (lambda: googlenet(10, 1, (4, 4, 8), [[(4, 4, 8, 2, 4, 4)] * 2]), [(4, 1, 32, 32)]),
    "three losses": (lambda: published("GoogLeNet", 2, 96 * 2, 1 / 16).build(), [(2, 3, 192, 192)]),
    "recurrent": (lambda: Sequential(Linear(4, 5), LSTM(5, 6), Select(0), Tanh(), Linear(6, 2)), [(7, 3, 4)]),
    "two inputs": (two_inputs, [(4, 6), (4, 6)]),
    "nested": (nested, [(5, 6)]),
}


def run(model, shapes, times=1):
    rng = np.random.default_rng(1)
    x = [rng.standard_normal(shape).astype(np.float32) for shape in shapes]
    cr.manual_seed(5)
    results = []
    for _ in range(times):
        y = model.forward(*x)
        grads = [rng.standard_normal(each.shape).astype(np.float32) for each in (y if isinstance(y, tuple) else (y,))]
        grad_x = model.backward(tuple(grads) if isinstance(y, tuple) else grads[0])
        results += [*(y if isinstance(y, tuple) else (y,)), *(grad_x if isinstance(grad_x, tuple) else (grad_x,))]
    results += [parameter.grad for parameter in model.parameters()]
    results += [buffer.data for _, buffer in model.named_buffers()]
    return [*results, cr.layers.core.default_rng().random(3)]


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("objective", ["time", "memory"])
def test_every_bit_is_that_of_the_plain_run(case, objective):
    make, shapes = CASES[case]
    cr.manual_seed(0)
    model = make()
    other = copy.deepcopy(model)
    smallest = plan(other, *shapes, budget="100%", objective="memory")
    budget = smallest.plan.peak if objective == "time" else "100%"
    planned = plan(other, *shapes, budget=budget, objective=objective)
    if case != "two inputs":
        assert planned.plan.repeated
    assert planned.plan.peak < planned.plan.plain_peak
    for ours, theirs in zip(run(planned, shapes, 2), run(model, shapes, 2), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    assert list(planned.state_dict()) == list(model.state_dict())


def test_other_batches_evaluation_and_frozen_layers():
    make, _ = CASES["resnet"]
    cr.manual_seed(0)
    model = make()
    planned = plan(copy.deepcopy(model), (5, 3, 8, 8), objective="memory", budget="100%")
    for one in (model, planned):
        for name, parameter in one.named_parameters():
            parameter.requires_grad = not name.startswith(("0", "1", "3.branch.0"))
        one.needs_input_grad = False
    for ours, theirs in zip(run(planned, [(3, 3, 8, 8)]), run(model, [(3, 3, 8, 8)]), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    x = np.ones((4, 3, 8, 8), np.float32)
    np.testing.assert_array_equal(planned.predict(x), model.predict(x))
    assert planned.training
    with pytest.raises(ShapeError, match=r"Conv2d.*\n?.*"):
        planned.forward(np.ones((4, 2, 8, 8), np.float32))


def test_going_back_twice_adds_the_same_gradient_again():
    make, shapes = CASES["nested"]
    cr.manual_seed(0)
    planned = plan(make(), *shapes, objective="memory", budget="100%")
    y = planned.forward(np.random.default_rng(0).standard_normal(shapes[0]).astype(np.float32))
    first = planned.backward(y)
    once = [parameter.grad.copy() for parameter in planned.parameters()]
    np.testing.assert_array_equal(planned.backward(y), first)
    for grad, parameter in zip(once, planned.parameters(), strict=True):
        np.testing.assert_allclose(parameter.grad, 2 * grad, rtol=1e-6)


def test_the_contract_holds():
    model = Sequential(*[layer for _ in range(4) for layer in (Linear(6, 6), Tanh())])
    assert check_layer(plan(model, (5, 6), objective="memory", budget="100%"), (5, 6)).problems == []


def test_fit_trains_to_the_same_weights():
    make, shapes = CASES["vgg"]
    weights = []
    for budget in (None, "100%"):
        cr.manual_seed(0)
        model = make()
        model = model if budget is None else plan(model, *shapes, budget=budget, objective="memory")
        rng = np.random.default_rng(0)
        x, y = rng.standard_normal((23, 1, 8, 8)).astype(np.float32), rng.integers(0, 10, 23)
        model.fit(x, y, loss=CrossEntropyLoss(), optimizer=SGD(model.parameters(), lr=0.1), epochs=2, batch_size=5,
                  verbose=0, rng=rng)
        weights.append(model.state_dict())
    assert all(np.array_equal(weights[0][name], weights[1][name]) for name in weights[0])


@pytest.mark.parametrize("depth", [3, pytest.param(8, marks=pytest.mark.long)])      # 8: fifty layers, batch 64
def test_the_measured_peak_is_the_predicted_one(depth, monkeypatch):
    monkeypatch.setattr("chainrule.layers.kernels.memory._LEAST", 1 << 60)     # all arrays from NumPy, which counts
    shape = (64, 3, 32, 32)         # beside which the few megabytes of working memory of NumPy's convolution are little
    cr.manual_seed(0)
    model = resnet(10, 3, (16, 32, 64), depth, 32)
    planned = plan(model, shape, objective="memory", budget="100%")
    for run_by, predicted in ((model, planned.plan.plain_peak), (planned, planned.plan.peak)):
        run_by.train()
        run_by.needs_input_grad = False
        measured = [_traced(run_by, np.ones(shape, np.float32)) for _ in range(2)][1]
        assert measured == pytest.approx(predicted, rel=0.05 if depth == 8 else 0.1)


@pytest.mark.long
def test_the_kernels_memory_keeps_to_the_plan():
    cr.manual_seed(0)
    planned = plan(resnet(10, 3, (16, 32, 64), 3, 32), (32, 3, 32, 32), objective="memory", budget="100%")
    planned.needs_input_grad = False
    x = np.ones((32, 3, 32, 32), np.float32)
    release()
    before = lent()
    for _ in range(3):
        planned.backward(np.ones_like(planned.forward(x)))
        assert memory._Bytes.held - before <= 1.1 * planned.plan.peak


def _traced(model, x):
    for parameter in model.parameters():
        parameter.grad[...] = 0
    threads = cr.get_num_threads()
    cr.set_num_threads(1)                       # each thread has working memory of its own
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        model.backward(np.ones_like(model.forward(x)))
        model.cache = None
        return tracemalloc.get_traced_memory()[1] - before
    finally:
        tracemalloc.stop()
        cr.set_num_threads(threads)


def test_wrong_plans_are_refused():
    model = Sequential(Linear(4, 4), Tanh(), Linear(4, 4))
    with pytest.raises(DtypeError, match=r"Sequential, Graph, Parallel or Residual.*got Linear"):
        plan(Linear(2, 2), (3, 2))
    with pytest.raises(ValueRangeError, match=r'no schedule of Sequential within .* write budget="'):
        plan(model, (3, 4), budget="1%")
    for budget in ("much", "-3MB", 0, True, "5 apples"):
        with pytest.raises(ValueRangeError, match="budget expected bytes"):
            plan(model, (3, 4), budget=budget)
    with pytest.raises(ShapeError, match="expected x of shape"):
        plan(model, (3, 5))


def test_a_plan_shows_and_draws_itself(tmp_path):
    make, shapes = CASES["resnet"]
    planned = plan(make(), *shapes, objective="memory", budget="100%")
    text = str(planned.plan)
    assert "forward work" in text
    assert f"{len(planned.plan.repeated)} of {len(planned.plan.unrolled.calls)} calls run again" in text
    planned.plan.draw(tmp_path / "plan.png")
    assert (tmp_path / "plan.png").stat().st_size > 5000
