"""Runs: which parameters move together."""

import numpy as np
import pytest

from chainrule.layers.core import Parameter, StateError, gather, spans
from chainrule.optim.stretch import Run, Stretch


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
