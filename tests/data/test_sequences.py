"""Problems of remembering: solved by a slow loop, seeded, and with the baselines that the papers name."""

import numpy as np
import pytest

from chainrule.data import adding, copying, memory
from chainrule.layers.core import ValueRangeError


@pytest.mark.parametrize("make", [adding, memory, copying])
def test_the_seed_decides(make):
    first, again, other = (make(5, rng=np.random.default_rng(seed)) for seed in (0, 0, 1))
    assert (first.x == again.x).all() and (first.y == again.y).all()
    assert (first.x != other.x).any()


@pytest.mark.parametrize("length", [2, 3, 11])
def test_two_numbers_are_added_one_of_each_half(length):
    dataset = adding(50, length, rng=np.random.default_rng(0))
    for x, y in zip(dataset.x, dataset.y, strict=True):
        marked = [place for place in range(length) if x[place, 1] == 1]
        assert len(marked) == 2 and marked[0] < length // 2 <= marked[1]
        assert y[0] == pytest.approx(x[marked[0], 0] + x[marked[1], 0], rel=1e-6)
    assert np.isin(dataset.x[..., 1], (0, 1)).all()


def test_always_one_costs_a_sixth():
    y = adding(20_000, 4, rng=np.random.default_rng(0)).y
    assert np.mean((y - 1)**2) == pytest.approx(1 / 6, rel=0.05)


def test_symbols_are_said_again_after_the_delay():
    dataset = memory(20, delay=3, length=4, symbols=5, rng=np.random.default_rng(0))
    for x, y in zip(dataset.x.tolist(), dataset.y.tolist(), strict=True):
        said = x[:4]
        assert set(said) <= {1, 2, 3, 4, 5}
        assert x[4:] == [0, 0, 6, 0, 0, 0, 0]
        assert y == [0] * 7 + said


@pytest.mark.parametrize("reverse", [False, True])
def test_copies_are_copies(reverse):
    dataset = copying(20, length=6, symbols=3, reverse=reverse, rng=np.random.default_rng(0))
    for x, y in zip(dataset.x.tolist(), dataset.y.tolist(), strict=True):
        assert y == (x[::-1] if reverse else x)
    assert set(np.unique(dataset.x)) == {1, 2, 3}


@pytest.mark.parametrize(("make", "options", "named"), [
    (adding, {"length": 1}, "adding expected length"), (memory, {"delay": 0}, "memory expected delay"),
    (copying, {"symbols": 0}, "copying expected symbols"), (copying, {"n_samples": 0}, "copying expected n_samples"),
])
def test_sizes_are_checked(make, options, named):
    with pytest.raises(ValueRangeError, match=named):
        make(**options)
