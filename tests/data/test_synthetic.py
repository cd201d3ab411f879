"""The synthetic problems: the curves they promise, the noise, the seeds, and that each builds from its defaults."""

import inspect
import re

import numpy as np
import pytest

from chainrule import data
from chainrule.data import ArrayDataset, blobs, circles, moons, ring, spirals, xor
from chainrule.layers.core import ValueRangeError, manual_seed

GENERATORS = [blobs, circles, moons, ring, spirals, xor]
DATASETS = [*GENERATORS, data.adding, data.copying, data.digits, data.keyword, data.memory]


def radius(x, center=(0.0, 0.0)):
    return np.hypot(*(x - np.asarray(center)).T.astype(np.float64))


def test_the_exported_functions_that_return_a_data_set_are_these_and_those_of_files():
    functions = [value for name in data.__all__ if inspect.isfunction(value := getattr(data, name))]
    found = [f for f in functions if inspect.signature(f).return_annotation is ArrayDataset]
    files = {"cifar10", "cifar100", "csv_file", "image_folder", "mnist", "npy_files", "npz_file"}
    assert {f.__name__ for f in found} == {f.__name__ for f in DATASETS} | files


@pytest.mark.parametrize("make", DATASETS)
def test_a_configuration_file_can_build_each(make):
    for parameter in inspect.signature(make).parameters.values():
        assert parameter.default is not parameter.empty
        assert parameter.annotation is not parameter.empty
    dataset = make()
    assert isinstance(dataset, ArrayDataset)
    assert dataset.x.dtype in (np.float32, np.int64)
    dataset.check_finite()


@pytest.mark.parametrize("make", [blobs, circles, moons, spirals])
@pytest.mark.parametrize("n_samples", [11, 300])
def test_classes_come_in_turn(make, n_samples):
    dataset = make(n_samples)
    assert dataset.x.shape == (n_samples, 2)
    assert dataset.y.dtype == np.int64
    n_classes = 2 if make in (circles, moons) else 3
    assert dataset.y.tolist() == [i % n_classes for i in range(n_samples)]


@pytest.mark.parametrize("make", GENERATORS)
def test_same_seed_same_points_and_other_seed_others(make):
    one, two, other = (make(24, noise=0.3, rng=np.random.default_rng(seed)) for seed in (0, 0, 1))
    np.testing.assert_array_equal(one.x, two.x)
    np.testing.assert_array_equal(one.y, two.y)
    assert (one.x != other.x).all()


@pytest.mark.parametrize("make", GENERATORS)
def test_without_rng_the_generator_of_the_package_decides(make):
    manual_seed(3)
    first, second = make(24, noise=0.3), make(24, noise=0.3)
    manual_seed(3)
    np.testing.assert_array_equal(make(24, noise=0.3).x, first.x)
    assert (first.x != second.x).all()


@pytest.mark.parametrize("make", GENERATORS)
def test_noise_is_gaussian_with_that_standard_deviation(make):
    clean, noisy = (make(6000, noise=noise, rng=np.random.default_rng(7)) for noise in (0.0, 0.25))
    noise = (noisy.x - clean.x).astype(np.float64)
    np.testing.assert_array_equal(noisy.y, clean.y)
    np.testing.assert_allclose(noise.mean(axis=0), 0, atol=0.016)           # five standard deviations
    np.testing.assert_allclose(noise.std(axis=0), 0.25, rtol=0.05)
    assert abs(np.corrcoef(noise.T)[0, 1]) < 0.065
    assert np.mean(np.abs(noise) < 0.25) == pytest.approx(0.6827, abs=0.025)


def test_xor_is_the_four_corners():
    dataset = xor()
    assert dataset.x.tolist() == [[0, 0], [0, 1], [1, 0], [1, 1]]
    assert dataset.y.tolist() == [[0], [1], [1], [0]]
    assert dataset.y.dtype == np.float32


def test_xor_repeats_the_corners():
    dataset = xor(10)
    assert dataset.x.tolist() == (xor().x.tolist() * 3)[:10]
    assert dataset.y.tolist() == (xor().y.tolist() * 3)[:10]


def test_moons_lie_on_the_curves_of_scikit_learn():
    theirs, labels = pytest.importorskip("sklearn.datasets").make_moons(4000, shuffle=False, noise=None)
    dataset = moons(200, noise=0.0)
    for label in (0, 1):
        gap = np.linalg.norm(dataset.x[dataset.y == label][:, None] - theirs[labels == label], axis=2).min(axis=1)
        assert gap.max() < np.pi / 2000         # half the step between theirs


def test_moons_are_half_circles_evenly_filled():
    dataset = moons(100, noise=0.0)
    for label, center, side in ((0, (0, 0), 1), (1, (1, 0.5), -1)):
        points = dataset.x[dataset.y == label]
        np.testing.assert_allclose(radius(points, center), 1, rtol=1e-6)
        assert (side * (points[:, 1] - center[1]) > 0).all()
        steps = np.linalg.norm(np.diff(points, axis=0), axis=1)
        np.testing.assert_allclose(steps, 2 * np.sin(np.pi / 100), rtol=1e-4)


@pytest.mark.parametrize("factor", [0.5, 0.8])
def test_circles_have_radius_1_and_factor(factor):
    dataset = circles(80, noise=0.0, factor=factor)
    for label, expected in ((0, 1.0), (1, factor)):
        points = dataset.x[dataset.y == label]
        np.testing.assert_allclose(radius(points), expected, rtol=1e-6)
        steps = np.linalg.norm(points - np.roll(points, 1, axis=0), axis=1)
        np.testing.assert_allclose(steps, 2 * expected * np.sin(np.pi / 40), rtol=1e-4)


@pytest.mark.parametrize(("n_classes", "turns"), [(2, 3.0), (3, 1.0), (5, 0.25)])
def test_spirals_wind_outwards_and_are_one_arm_rotated(n_classes, turns):
    dataset = spirals(100 * n_classes, n_classes=n_classes, turns=turns, noise=0.0)
    arms = [(dataset.x[dataset.y == label] @ [1, 1j]).astype(complex) for label in range(n_classes)]
    assert np.abs(arms[0][0]) == pytest.approx(0.1045, rel=1e-5)
    assert np.abs(arms[0][-1]) == pytest.approx(0.9955, rel=1e-5)
    np.testing.assert_allclose(np.diff(np.abs(arms[0])), 0.009, rtol=1e-3)
    wound = np.unwrap(np.angle(arms[0]))
    assert wound[-1] - wound[0] == pytest.approx(2 * np.pi * turns * 0.99, rel=1e-5)
    for label, arm in enumerate(arms):
        np.testing.assert_allclose(arm, arms[0] * np.exp(2j * np.pi * label / n_classes), atol=1e-6)


def test_blobs_surround_centres_drawn_from_the_box():
    dataset = blobs(4000, n_classes=4, n_features=3, noise=0.5, center_box=(20.0, 30.0), rng=np.random.default_rng(2))
    assert dataset.x.shape == (4000, 3)
    centers = np.stack([dataset.x[dataset.y == label].mean(axis=0) for label in range(4)])
    assert (np.abs(centers - 25) < 5.1).all()
    assert len(np.unique(centers.round(3), axis=0)) == 4
    for label in range(4):
        np.testing.assert_allclose(dataset.x[dataset.y == label].std(axis=0), 0.5, rtol=0.12)


def test_ring_has_its_clouds_evenly_around_a_circle():
    dataset = ring(7000, n_classes=7, noise=0.05, radius=2.0, rng=np.random.default_rng(0))
    centers = np.array([dataset.x[dataset.y == label].mean(axis=0) @ [1, 1j] for label in range(7)])
    np.testing.assert_allclose(centers, 2 * np.exp(2j * np.pi * np.arange(7) / 7), atol=0.01)
    for label in range(7):
        np.testing.assert_allclose(dataset.x[dataset.y == label].std(axis=0), 0.05, rtol=0.1)


@pytest.mark.parametrize("make", GENERATORS)
@pytest.mark.parametrize("noise", [-0.1, float("nan")])
def test_noise_out_of_range(make, noise):
    message = f"{make.__name__} expected noise, a standard deviation, of at least 0, got {noise}"
    with pytest.raises(ValueRangeError, match=f"^{re.escape(message)}$"):
        make(noise=noise)


@pytest.mark.parametrize("make", GENERATORS)
def test_no_samples(make):
    with pytest.raises(ValueRangeError, match=f"^{make.__name__} expected at least one class and one sample of each"):
        make(n_samples=0)


@pytest.mark.parametrize("make", [blobs, spirals])
@pytest.mark.parametrize("n_classes", [0, 6])
def test_classes_without_samples(make, n_classes):
    with pytest.raises(ValueRangeError, match=f"got n_samples=5 and n_classes={n_classes}$"):
        make(5, n_classes=n_classes)


@pytest.mark.parametrize("factor", [0.0, 1.0, -0.5])
def test_factor_out_of_range(factor):
    with pytest.raises(ValueRangeError, match=f"factor, the inner radius, between 0 and 1, got {factor}$"):
        circles(factor=factor)
