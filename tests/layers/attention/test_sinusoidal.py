"""Sinusoidal positions against the formula, number by number."""

import math

import numpy as np
import pytest

from chainrule.layers.attention import SinusoidalPositions
from chainrule.layers.core import ShapeError, ValueRangeError
from chainrule.testing import check_layer


@pytest.mark.parametrize(("shape", "dim"), [((3, 5, 4), -2), ((5, 7), 0), ((5, 3, 6), 0), ((2, 5, 3, 1), 1)])
def test_agrees_with_the_formula(shape, dim):
    x = np.random.default_rng(0).normal(size=shape)
    y = SinusoidalPositions(100.0, dim).forward(x)
    for index in np.ndindex(shape):
        place, feature = index[dim], index[-1]
        angle = place / 100.0 ** (2 * (feature // 2) / shape[-1])
        wave = math.cos(angle) if feature % 2 else math.sin(angle)
        assert y[index] == pytest.approx(x[index] + wave, abs=1e-12)


def test_float32_stays_float32_and_any_places_differ():
    y = SinusoidalPositions().forward(np.zeros((512, 32), np.float32))
    assert y.dtype == np.float32
    distances = np.linalg.norm(y[:, None] - y, axis=-1) + 9 * np.eye(512)
    assert distances.min() > 0.5


@pytest.mark.parametrize(("shape", "dim"), [((3, 5, 4), -2), ((5, 3, 7), 0)])
def test_passes_the_battery(shape, dim):
    assert check_layer(SinusoidalPositions(dim=dim), shape).problems == []


@pytest.mark.parametrize(("make", "error", "shown"), [
    (lambda: SinusoidalPositions().forward(np.ones(3)), ShapeError, "positions along axis -2 and features along"),
    (lambda: SinusoidalPositions(dim=1).forward(np.ones((3, 4))), ShapeError, "positions along axis 1 and features"),
    (lambda: SinusoidalPositions(0.5), ValueRangeError, "expected base in"),
])
def test_what_does_not_fit_is_refused(make, error, shown):
    with pytest.raises(error, match=shown):
        make()
