"""Runs: which parameters move together; states saved and taken up again."""

import numpy as np
import pytest

from chainrule.layers.core import Parameter, ShapeError, StateError, ValueRangeError, gather, spans
from chainrule.optim import Adam
from chainrule.optim.stretch import Run, Stretch

from .rules import RULES, SHAPES


def make(sizes=(2, 3, 4, 1)):
    parts = [Parameter(np.zeros(size)) for size in sizes]
    gather(parts)
    (span,) = spans(parts)
    return parts, Stretch(span)


def reach(parts, *indices):
    for index, part in enumerate(parts):
        part.reached = index in indices


def test_all_reached_are_one_run():
    parts, stretch = make()
    reach(parts, 0, 1, 2, 3)
    assert list(stretch.runs()) == [Run(0, 10, 1)]
    assert list(stretch.runs()) == [Run(0, 10, 2)]


def test_none_reached_is_no_run():
    parts, stretch = make()
    reach(parts)
    assert list(stretch.runs()) == []
    assert stretch.steps == [0, 0, 0, 0]


def test_runs_end_at_gaps_and_where_counts_differ():
    parts, stretch = make()
    reach(parts, 0, 2, 3)
    assert list(stretch.runs()) == [Run(0, 2, 1), Run(5, 10, 1)]
    reach(parts, 0, 1, 2, 3)
    assert list(stretch.runs()) == [Run(0, 2, 2), Run(2, 5, 1), Run(5, 10, 2)]
    parts[3].requires_grad = False
    assert list(stretch.runs()) == [Run(0, 2, 3), Run(2, 5, 2), Run(5, 9, 3)]
    assert stretch.steps == [3, 2, 3, 2]


def test_entries_and_restore():
    parts, stretch = make()
    reach(parts, 1, 2)
    list(stretch.runs())
    stretch.ensure({"mean": (10,)})
    stretch.state["mean"][...] = np.arange(10)
    entries = dict(zip((1, 2), (entry for _, entry in stretch.entries()), strict=True))
    assert entries[1]["mean"].tolist() == [2, 3, 4]
    _, other = make()
    other.restore([entries.get(index, {}) for index in range(4)])
    assert other.steps == [0, 1, 1, 0]
    assert other.state["mean"].tolist() == [0, 0, 2, 3, 4, 5, 6, 7, 8, 0]
    stretch.state["mean"][...] = -1
    assert entries[1]["mean"].tolist() == [2, 3, 4]


def test_parameters_that_moved_away():
    parts, stretch = make()
    stretch.check("Some")
    parts[2].astype(np.float64)
    with pytest.raises(StateError, match=r"Some lost its parameters: astype\(\) .* call astype\(\) first"):
        stretch.check("Some")


@pytest.mark.parametrize("present", [1.0, 0.6])
def test_a_saved_state_goes_on_as_if_nothing_had_happened(twins, rule, present):
    kind, options = rule
    pair = twins(SHAPES)
    theirs = getattr(pair.torch.optim, kind.__name__)(pair.theirs, **options)
    first = kind(pair.ours, **options)
    first.param_groups[0]["lr"] = theirs.param_groups[0]["lr"] = 0.02
    pair.race(first, theirs, steps=6, present=present)
    saved = first.state_dict()
    assert set(saved) == {"state", "param_groups"}
    assert saved["param_groups"][0]["params"] == [0, 1, 2, 3, 4]
    again = kind(pair.ours)
    again.load_state_dict(saved)
    for arrays in saved["state"].values():
        for value in arrays.values():
            if isinstance(value, np.ndarray):
                value[...] = np.nan     # the copy is nobody else's
    pair.race(again, theirs, steps=6, present=present)


@pytest.mark.parametrize("kind", [kind for kind, _ in RULES])
def test_the_state_dict_of_torch(twins, kind):
    pair = twins(SHAPES)
    theirs = getattr(pair.torch.optim, kind.__name__)(pair.theirs, lr=0.03)
    for _ in range(5):
        pair.feed()
        theirs.step()
    for mine, other in zip(pair.ours, pair.theirs, strict=True):
        mine.data = other.detach().numpy()
    ours = kind(pair.ours)
    ours.load_state_dict(theirs.state_dict())
    pair.race(ours, theirs, steps=5)


def test_a_state_dict_that_does_not_fit_changes_nothing():
    optimizers = [Adam([Parameter(np.ones(size)) for size in sizes], lr=0.1) for sizes in ((2, 3), (2, 4), (2,))]
    for optimizer in optimizers:
        for part in optimizer.param_groups[0]["params"]:
            part.grad = np.ones(part.shape)
        optimizer.step()
    before = optimizers[0].state_dict()
    with pytest.raises(ShapeError, match=r"Adam expected exp_avg of parameter 1 of shape \(3,\), got \(4,\)"):
        optimizers[0].load_state_dict(optimizers[1].state_dict())
    with pytest.raises(ValueRangeError, match=r"Adam has groups of \[2\] parameters, but the state dict of \[1\]"):
        optimizers[0].load_state_dict(optimizers[2].state_dict())
    np.testing.assert_equal(optimizers[0].state_dict(), before)


def test_an_early_state_takes_the_place_of_a_later_one(rule):
    kind, options = rule
    part = Parameter(np.zeros(3), dtype=np.float64)
    optimizer = kind([part], **options)
    early, moves = optimizer.state_dict(), []
    for _ in range(2):
        optimizer.load_state_dict(early)
        part.data = np.zeros(3)
        part.grad = np.array([1.0, -2.0, 0.5])
        optimizer.step()
        moves.append(part.data.copy())
    np.testing.assert_array_equal(*moves)
