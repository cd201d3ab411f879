"""Slopes are exponents."""

import pytest

from benchmarks.scale import slope


@pytest.mark.parametrize("power", [0, 1, 2.5])
def test_the_slope_of_a_power_is_its_exponent(power):
    assert slope({size: 3e-4 * size**power for size in (7, 20, 64, 200)}) == pytest.approx(power, abs=1e-9)
