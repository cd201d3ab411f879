"""The largest singular value against the SVD: of any shape, rank and size."""

import math

import numpy as np
import pytest

from chainrule.analysis.gradient_flow import largest_singular_value


def largest(a):
    return largest_singular_value(lambda v: a @ v, lambda u: a.T @ u, a.shape[1])


@pytest.mark.parametrize("shape", [(1, 1), (7, 3), (3, 8), (40, 40)])
@pytest.mark.parametrize("scale", [1.0, 1e-60, 1e60])
def test_it_is_that_of_the_svd(shape, scale):
    a = scale * np.random.default_rng(0).normal(size=shape)
    assert largest(a) == pytest.approx(np.linalg.norm(a, 2), rel=1e-6)


def test_of_low_rank_and_of_nothing():
    rng = np.random.default_rng(1)
    a = rng.normal(size=(9, 2)) @ rng.normal(size=(2, 6))
    assert largest(a) == pytest.approx(np.linalg.norm(a, 2), rel=1e-6)
    assert largest(np.zeros((4, 3))) == 0


def test_values_close_together_are_told_apart():
    rng = np.random.default_rng(2)
    left, right = (np.linalg.qr(rng.normal(size=(30, 30)))[0] for _ in range(2))
    assert largest(left * np.linspace(1, 0.999, 30) @ right) == pytest.approx(1, rel=1e-6)


def test_what_overflows_is_infinite():
    assert largest(np.full((2, 2), math.nan)) == math.inf
