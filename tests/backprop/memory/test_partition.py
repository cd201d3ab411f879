"""The dynamic programme against brute force over all sequences of lower sets, written from the definition."""

import numpy as np
import pytest

from chainrule.backprop.memory import (
    Partition,
    ancestor_sets,
    canonical,
    lower_sets,
    plain,
    simulate,
    trimmed,
)
from chainrule.layers.core import ValueRangeError


def brute_force(computation):
    """Yield (least budget, overhead) of every sequence of lower sets, from sets and sums alone."""
    nodes = range(len(computation.nodes))
    size = {v: computation.nodes[v].bytes for v in nodes}
    cost = {v: computation.nodes[v].cost for v in nodes}
    edges = [(u, v) for v in nodes for u in computation.nodes[v].sources]
    whole = frozenset(nodes)
    lowers = [frozenset(v for v in nodes if bits >> v & 1) for bits in range(1 << len(nodes))]
    lowers = [lower for lower in lowers if not any(v in lower and u not in lower for u, v in edges)]

    def boundary(lower):
        return frozenset(u for u, v in edges if u in lower and v not in lower)

    def sequences(lower, kept, bound, overhead):
        if lower == whole:
            yield bound, overhead
        for larger in lowers:
            if lower < larger:
                part = larger - lower
                ahead = {v for u, v in edges if u in larger and v not in larger}
                read = {u for u, v in edges if v in ahead and u not in larger}
                peak = (sum(size[v] for v in kept) + 2 * sum(size[v] for v in part)
                        + sum(size[v] for v in ahead) + sum(size[v] for v in read))
                yield from sequences(larger, kept | boundary(larger), max(bound, peak),
                                     overhead + sum(cost[v] for v in part - boundary(larger)))

    return len(lowers), list(sequences(frozenset(), frozenset(), 0, 0))


@pytest.mark.parametrize("seeds", [range(30), pytest.param(range(30, 230), marks=pytest.mark.long)])
def test_the_exact_programme_is_brute_force_at_every_budget(random_computation, seeds):
    for seed in seeds:
        rng = np.random.default_rng(seed)
        computation = random_computation(rng, int(rng.integers(2, 6 if len(seeds) < 100 else 8)))
        count, every = brute_force(computation)
        family = lower_sets(computation)
        assert len(family) == count
        partition, pruned = Partition(computation, family), Partition(computation, ancestor_sets(computation))
        budgets = sorted({bound for bound, _ in every})
        assert partition.smallest_budget == budgets[0]
        for budget in budgets:
            within = [overhead for bound, overhead in every if bound <= budget]
            for objective, best in (("time", min(within)), ("memory", max(within))):
                path = partition.best(budget, objective)
                assert partition.overhead(path) == best
                assert partition.bound(path) <= budget
            approximate = pruned.best(budget)
            assert approximate is None or pruned.overhead(approximate) >= min(within)
        assert partition.best(budgets[0] - 1) is None


@pytest.mark.parametrize("name", ["VGG-19", "U-Net", "GoogLeNet", "ResNet-50"])
def test_the_bound_is_above_what_is_alive(paper, name):
    computation = paper[name]
    partition = Partition(computation, ancestor_sets(computation))
    for budget in np.linspace(partition.smallest_budget, partition.whole, 4):
        path = partition.best(budget)
        for schedule in (canonical(computation, path, last=True), trimmed(computation, canonical(computation, path))):
            assert simulate(computation, schedule).peak <= partition.bound(path)


def test_a_single_segment_keeps_nothing_and_computes_all_twice(random_computation, rng):
    computation = random_computation(rng, 6)
    partition = Partition(computation, ancestor_sets(computation))
    path = partition.best(partition.whole, "memory")
    assert path == [(1 << 6) - 1]
    assert partition.overhead(path) == computation.cost
    assert canonical(computation, path) == plain(computation)


def test_too_many_lower_sets_are_refused_politely(paper):
    for name in ("PSPNet", "GoogLeNet"):
        with pytest.raises(ValueRangeError, match=r"at most 2,000 lower sets.* leave out exact=True"):
            lower_sets(paper[name])
    assert [len(lower_sets(paper[name])) for name in ("VGG-19", "U-Net", "ResNet-50", "ResNet-152", "DenseNet-161")] \
        == [47, 331, 241, 581, 569]                 # as counted on the authors' files
