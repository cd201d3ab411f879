"""The formula of scaling against cases that can be counted by hand, and against the simulation."""

import numpy as np
import pytest

from benchmarks.scaling_model import Links, Work, predicted, simulated


def even(buckets, noise=0.0, backward=2.0, size=6.0):
    return Work(1.0, backward, 0.5, [size / buckets] * buckets, [(k + 1) / buckets for k in range(buckets)], noise)


def test_an_all_reduce_of_two_ranks_moves_every_byte_once_each_way():
    assert Links(0.25, 4.0).all_reduce(8.0, 2) == 2 * 0.25 + 8 / 4
    assert Links(0.25, 4.0).all_reduce(8.0, 5) == pytest.approx(6 * 0.25 + 2 * 0.8 * 8 / 4)
    assert Links(0.25, 4.0).all_reduce(8.0, 1) == 0


@pytest.mark.parametrize(("bandwidth", "buckets", "exposed"), [
    (100.0, 1, 0.06), (100.0, 6, 0.01),     # hidden but for the last bucket
    (1.0, 1, 6.0), (1.0, 2, 5.0), (1.0, 4, 4.5),        # 6 seconds, of which all buckets but the first can hide some
])
def test_what_is_not_hidden(bandwidth, buckets, exposed):
    work, links = even(buckets), Links(0.0, bandwidth)
    wanted = work.alone + exposed + 2 * links.all_reduce(8, 2)      # and what is small
    assert predicted(work, links, 2) == pytest.approx(wanted)
    assert simulated(work, links, 2, np.random.default_rng(0), 1) == pytest.approx(wanted)


@pytest.mark.parametrize("ranks", [1, 2, 3, 16, 128])
@pytest.mark.parametrize("bandwidth", [0.5, 8.0, 200.0])
def test_the_simulation_finds_what_the_formula_says(ranks, bandwidth):
    work, links = even(8, noise=0.03), Links(0.001, bandwidth)
    found = simulated(work, links, ranks, np.random.default_rng(1), 60)
    assert predicted(work, links, ranks) == pytest.approx(found, rel=0.02)
