"""Modes that are hit, and the share of samples that hit one."""

import numpy as np
import pytest

from chainrule.data import ArrayDataset, ring
from chainrule.layers.core import ShapeError, ValueRangeError
from chainrule.training import mode_coverage


def test_the_data_cover_themselves():
    data = ring(4000, noise=0.02, rng=np.random.default_rng(0))
    found = mode_coverage(ring(4000, noise=0.02, rng=np.random.default_rng(1)).x, data)
    assert found["modes"] == 8
    assert found["quality"] == pytest.approx(1 - np.exp(-4.5), abs=0.006)       # of a Gaussian in two dimensions


def test_against_a_slow_loop():
    rng = np.random.default_rng(0)
    data, samples = ring(700, n_classes=7, noise=0.1, rng=rng), rng.uniform(-1.3, 1.3, (300, 2))
    hit = []
    for sample in samples:
        reached = {}
        for label in range(7):
            cloud = data.x[data.y == label].astype(np.float64)
            spread = np.sqrt(((cloud - cloud.mean(axis=0))**2).mean())
            reached[label] = np.hypot(*(sample - cloud.mean(axis=0))) / spread
        label = min(reached, key=reached.get)
        hit += [label] if reached[label] <= 3 else []
    assert mode_coverage(samples, data) == {"modes": len(set(hit)), "quality": len(hit) / 300}


def test_one_point_covers_one_mode():
    assert mode_coverage(np.tile([[1.0, 0.0]], (5, 1)), ring()) == {"modes": 1.0, "quality": 1.0}
    assert mode_coverage(np.zeros((5, 2)), ring()) == {"modes": 0.0, "quality": 0.0}


def test_what_can_not_be_judged_is_refused():
    with pytest.raises(ShapeError, match=r"as many features as the data, \(800, 2\), got \(5, 3\)"):
        mode_coverage(np.zeros((5, 3)), ring())
    with pytest.raises(ValueRangeError, match=r"expected y as one class for each sample, got float32"):
        mode_coverage(np.zeros((5, 2)), ArrayDataset(ring().x, ring().x))
