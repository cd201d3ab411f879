"""EmphasisSampler: everything once, errors more often, outliers not without end."""

import numpy as np
import pytest

from chainrule.data import ArrayDataset, DataLoader, EmphasisSampler
from chainrule.layers.core import ShapeError, ValueRangeError


def counts(sampler, passes=200):
    rng = np.random.default_rng(0)
    return np.sum([np.bincount(sampler.indices(rng), minlength=sampler.num_samples) for _ in range(passes)], axis=0)


def test_every_sample_comes_once_and_the_rest_by_its_error():
    errors = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 2.0], [0.0, 4.0]])
    sampler = EmphasisSampler(lambda: errors, 4, emphasis=2.0)
    seen = counts(sampler)
    assert seen.sum() == 200 * len(sampler) == 200 * 12 and seen[0] == 200
    np.testing.assert_allclose((seen - 200) / 1600, [0, 1 / 8, 3 / 8, 4 / 8], atol=0.03)


def test_an_outlier_counts_at_most_so_many_times_the_mean():
    seen = counts(EmphasisSampler(lambda: np.array([3.0, 3.0, 3.0, 7.0]), 4, emphasis=1.0, most=1.0)) - 200
    np.testing.assert_allclose(seen / seen.sum(), np.array([3, 3, 3, 4]) / 13, atol=0.04)       # the mean is 4


def test_without_errors_all_come_alike_and_a_loader_asks_anew_at_every_pass():
    asked = []
    sampler = EmphasisSampler(lambda: asked.append(1) or np.zeros(5), 5, emphasis=0.5)
    loader = DataLoader(ArrayDataset(np.arange(5.0)[:, None], np.arange(5)), 3, sampler=sampler,
                        rng=np.random.default_rng(0))
    shown = [np.concatenate([y for _, y in loader]) for _ in range(3)]
    assert len(asked) == 3 and all(len(each) == 7 and set(each) == set(range(5)) for each in shown)
    assert not np.array_equal(shown[0], shown[1])


def test_wrong_arguments():
    with pytest.raises(ShapeError, match=r"an error for each of 4 samples, got shape \(3,\)"):
        EmphasisSampler(lambda: np.ones(3), 4).indices(np.random.default_rng(0))
    with pytest.raises(ValueRangeError, match="emphasis"):
        EmphasisSampler(lambda: np.ones(3), 3, emphasis=-1.0)
