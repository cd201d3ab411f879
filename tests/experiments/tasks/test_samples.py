"""Samples as files."""

from io import BytesIO

import numpy as np
import pytest

from chainrule.experiments.tasks.samples import keep_samples


def numbers(files):
    with np.load(BytesIO(files["samples.npz"]), allow_pickle=False) as found:
        return found["samples"]


@pytest.mark.parametrize("shape", [(5, 2), (5, 64), (70, 8, 9), (3, 1, 8, 8)])
def test_points_and_pictures_are_drawn(shape):
    samples = np.random.default_rng(0).uniform(size=shape).astype(np.float32)
    files = keep_samples(samples, {"data": samples[:2]})
    np.testing.assert_array_equal(numbers(files), samples)
    assert files["samples.png"].startswith(b"\x89PNG")


@pytest.mark.parametrize("shape", [(5, 7), (5, 4), (5,), (5, 3, 8, 8)])
def test_of_other_samples_there_are_the_numbers_alone(shape):
    files = keep_samples(np.zeros(shape), {"data": np.zeros(shape)})
    assert set(files) == {"samples.npz"}
    assert numbers(files).shape == shape


def test_the_same_samples_give_the_same_bits():
    samples = np.random.default_rng(0).uniform(size=(9, 64))
    assert keep_samples(samples, {"data": samples}) == keep_samples(samples, {"data": samples})
