"""What all optimisers share: groups, skipped parameters, overlaps, blocks, copies and states."""

import inspect
from copy import deepcopy

import numpy as np
import pytest

import chainrule.optim.optimizer as module
from chainrule import optim
from chainrule.layers import Linear
from chainrule.layers.core import Parameter, StateError, gather
from chainrule.optim import (
    SAM,
    SGD,
    Adam,
    Optimizer,
)

from .rules import SHAPES


def test_every_optimiser_and_schedule_of_torch_is_there():
    torch = pytest.importorskip("torch")
    assert {name for name in torch.optim.__all__ if name[0].isupper()} <= set(optim.__all__)
    assert set(torch.optim.lr_scheduler.__all__) - {"LRScheduler"} <= set(optim.__all__)


def test_groups_with_options_of_their_own(twins, rule):
    kind, options = rule
    pair = twins(SHAPES)
    def groups(parts):
        return [{"params": [parts[3], parts[0]], "weight_decay": 0.2}, {"params": parts[4]},
                {"params": [parts[1], parts[2]], "lr": 0.5, "maximize": True}]
    pair.race(kind(groups(pair.ours), **options), getattr(pair.torch.optim, kind.__name__)(
        groups(pair.theirs), **options), present=0.7)


def test_frozen_parameters_and_learning_rates_changed_on_the_way(twins, rule):
    kind, options = rule
    pair = twins(SHAPES)
    ours, theirs = kind(pair.ours, **options), getattr(pair.torch.optim, kind.__name__)(pair.theirs, **options)
    for round_ in range(4):
        pair.ours[1].requires_grad = round_ % 2 == 0
        for optimizer in (ours, theirs):
            optimizer.param_groups[0]["lr"] *= 0.5
            optimizer.param_groups[0]["weight_decay"] = 0.1 * round_
        pair.race(ours, theirs, steps=6)


def test_blocks_and_runs_of_any_size(twins, rule, monkeypatch):
    monkeypatch.setattr(module, "BLOCK", 4)
    kind, options = rule
    pair = twins(SHAPES)
    pair.race(kind(pair.ours, **options), getattr(pair.torch.optim, kind.__name__)(pair.theirs, **options),
              steps=12, present=0.8)


def test_two_optimisers_over_overlapping_parts(twins, rule):
    kind, options = rule
    pair = twins(SHAPES)
    theirs = getattr(pair.torch.optim, kind.__name__)
    first = kind(pair.ours[:3], **options), theirs(pair.theirs[:3], **options)
    rest = [pair.ours[index] for index in (4, 2, 1, 3)]
    second = kind(rest, **options), theirs(pair.theirs[1:], **options)
    places = [part.data for part in pair.ours]
    for _ in range(4):
        pair.race(*first, steps=3)
        pair.race(*second, steps=3)
    assert all(part.data is place for part, place in zip(pair.ours, places, strict=True))


def test_parameters_of_two_dtypes():
    low, high = Parameter([1.0, 2.0]), Parameter([1.0, 2.0], dtype=np.float64)
    optimizer = Adam([low, high], lr=0.1)
    for part in (low, high):
        part.grad = np.array([1.0, -1.0])
    optimizer.step()
    assert low.dtype == np.float32
    np.testing.assert_allclose(low.data, high.data, rtol=1e-6)


@pytest.mark.parametrize("kind", [kind for name in optim.__all__ if inspect.isclass(kind := getattr(optim, name))
                                  and issubclass(kind, Optimizer) and kind not in (Optimizer, SAM)])
def test_the_dtype_of_the_parameters_is_that_of_the_arithmetic(kind):
    ends = []
    for dtype in (np.float32, np.float64):
        rng = np.random.default_rng(0)
        w = Parameter(rng.standard_normal((3, 4)), dtype=dtype)
        optimizer = kind([w], lr=0.01)

        def closure(w=w, rng=rng):
            w.grad = w.data + rng.standard_normal((3, 4))
            w.rows = np.arange(3)
            return 1.0
        for _ in range(5):
            optimizer.step(closure)
        state = optimizer.state_dict()["state"].get(0, {})
        assert {value.dtype for value in state.values() if isinstance(value, np.ndarray)} <= {np.dtype(dtype)}
        ends.append(w.data.copy())
    np.testing.assert_allclose(*ends, rtol=1e-4, atol=1e-5)


def test_gradients_are_only_read(rule):
    kind, options = rule
    part = Parameter(np.arange(6.0))
    optimizer = kind([part], weight_decay=0.1, maximize=True, **options)
    part.grad = np.arange(6.0) - 2
    optimizer.step()
    np.testing.assert_array_equal(part.grad, np.arange(6.0) - 2)


def test_zero_grad():
    part, rows = Parameter(np.ones(3)), Parameter(np.ones((4, 2)))
    optimizer = SGD([part, rows])
    part.grad, rows.grad = np.ones(3), np.eye(4, 2)
    rows.rows = np.array([0, 1])
    optimizer.zero_grad()
    assert not part.reached
    assert not rows.reached
    assert rows.rows is None
    assert not part.grad.any()
    assert not rows.grad.any()


def test_step_returns_what_the_closure_returns():
    part = Parameter([3.0])
    optimizer = SGD([part], lr=0.5)

    def closure():
        optimizer.zero_grad()
        part.grad = 2 * part.data
        return float(part.data[0] ** 2)
    assert optimizer.step(closure) == 9
    assert part.data.tolist() == [0]
    assert optimizer.step() is None


def test_all_groups_lie_in_one_store():
    first, second = Parameter(np.zeros(3)), Parameter(np.zeros(2))
    SGD([{"params": first}, {"params": second}])
    assert first.store is second.store
    assert (first.start, second.start) == (0, 3)


def test_a_deep_copy_goes_its_own_way(twins, rule):
    kind, options = rule
    pair = twins(SHAPES)
    optimizer = kind(pair.ours, **options)
    theirs = getattr(pair.torch.optim, kind.__name__)(pair.theirs, **options)
    pair.race(optimizer, theirs, steps=5, present=0.7)
    before = [part.data.copy() for part in pair.ours]
    copies, copied = deepcopy((pair.ours, optimizer))
    assert copied.param_groups[0]["params"] == copies
    original, pair.ours = pair.ours, copies
    pair.race(copied, theirs, steps=5, present=0.7)
    for part, data in zip(original, before, strict=True):
        np.testing.assert_array_equal(part.data, data)


def test_a_deep_copy_where_the_store_held_another_order():
    parts = [Parameter(np.full(2, float(i))) for i in range(4)]
    gather(parts)
    optimizer = Adam([parts[2], parts[0], parts[1]], lr=0.1)
    for part in parts:
        part.grad = part.data - 1
    optimizer.step()
    copies, copied = deepcopy((parts, optimizer))
    np.testing.assert_equal(copied.state_dict(), optimizer.state_dict())
    for each, chosen in ((optimizer, parts), (copied, copies)):
        for part in chosen:
            part.grad = np.ones(2)
        each.step()
    for part, copy in zip(parts, copies, strict=True):
        np.testing.assert_array_equal(part.data, copy.data)


def test_astype_after_the_optimiser_was_made():
    model = Linear(3, 2)
    optimizer = SGD(model.parameters())
    model.astype(np.float64)
    for part in model.parameters():
        part.grad = np.ones(part.shape)
    with pytest.raises(StateError, match="SGD lost its parameters"):
        optimizer.step()
    SGD(model.parameters()).step()
    with pytest.raises(StateError, match="SGD lost its parameters"):
        optimizer.step()


def test_a_group_added_later(twins):
    pair = twins(SHAPES)
    ours, theirs = Adam(pair.ours[:2], lr=0.1), pair.torch.optim.Adam(pair.theirs[:2], lr=0.1)
    pair.race(ours, theirs, steps=3)
    ours.add_param_group({"params": pair.ours[2:], "lr": 0.01})
    theirs.add_param_group({"params": pair.theirs[2:], "lr": 0.01})
    pair.race(ours, theirs, steps=3)


class Normalised(Optimizer):
    """A rule for whole parameters: steps of the parameter's own length."""

    elementwise = False

    def __init__(self, params, lr=0.1, weight_decay=0.0):
        super().__init__(params, lr=lr, weight_decay=weight_decay)

    def state_names(self, group):
        return ("last",)

    def update(self, w, grad, state, step, group):
        state["last"][...] = grad
        w -= group["lr"] * grad * np.linalg.norm(w) / np.linalg.norm(grad)


def test_a_rule_for_whole_parameters():
    rng = np.random.default_rng(0)
    parts = [Parameter(rng.standard_normal(shape), dtype=np.float64) for shape in ((3, 4), (2, 5), (), (0,))]
    before, grads = [part.data.copy() for part in parts], [rng.standard_normal(part.shape) for part in parts]
    optimizer = Normalised(parts)
    for part, grad in zip(parts, grads, strict=True):
        part.grad = grad
    optimizer.step()
    for part, old, grad in list(zip(parts, before, grads, strict=True))[:3]:
        expected = old - 0.1 * grad * np.sqrt((old**2).sum() / (grad**2).sum())
        np.testing.assert_allclose(part.data, expected, rtol=1e-14)
    np.testing.assert_array_equal(optimizer.state_dict()["state"][1]["last"], grads[1])


def test_repr_shows_groups_and_options():
    text = repr(SGD([{"params": Parameter([1.0]), "lr": 0.5}, {"params": Parameter([1.0])}], lr=0.1))
    assert text.startswith("SGD(1 parameters, lr=0.5, momentum=0, ")
    assert "; 1 parameters, lr=0.1, " in text


def test_what_a_subclass_must_write():
    part = Parameter([1.0])
    part.grad = np.ones(1)
    with pytest.raises(NotImplementedError, match=r"Optimizer\.update"):
        Optimizer([part]).step()


def test_kept_parameters_alone_move_and_have_state():
    parameters = [Parameter(np.ones(size)) for size in (3, 2, 4)]
    optimizer = Adam(parameters, lr=0.1)
    optimizer.keep(parameters[::2])
    for _ in range(2):
        optimizer.zero_grad()
        for parameter in parameters:
            parameter.grad += 1
        optimizer.step()
        optimizer.keep(parameters[::2])         # what is kept already stays as it is
    assert [bool((parameter.data == 1).all()) for parameter in parameters] == [False, True, False]
    state = optimizer.state_dict()["state"]
    assert list(state) == [0, 2] and state[2]["step"] == 2
