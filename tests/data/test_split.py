"""train_test_split: a partition, in order, seeded, stratified; scikit-learn's sizes."""

import re

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from chainrule.data import train_test_split
from chainrule.layers.core import DtypeError, ShapeError, ValueRangeError, manual_seed


@settings(deadline=None)
@given(st.integers(2, 60), st.floats(0.01, 0.99), st.integers(0, 9))
def test_the_parts_are_a_partition(n_samples, test_size, seed):
    assume(np.ceil(test_size * n_samples) < n_samples)
    rows = np.arange(n_samples)
    train, test = train_test_split(rows, test_size=test_size, rng=np.random.default_rng(seed))
    assert sorted([*train, *test]) == list(range(n_samples))
    assert len(test) == int(np.ceil(test_size * n_samples))


@pytest.mark.parametrize("stratify", [False, True])
@pytest.mark.parametrize("test_size", [0.25, 0.07, 0.5, 0.9, 6, 30])
@pytest.mark.parametrize("n_samples", [40, 41, 57, 100])
def test_the_sizes_are_those_of_scikit_learn(n_samples, test_size, stratify):
    model_selection = pytest.importorskip("sklearn.model_selection")
    rows, classes = np.arange(n_samples), np.arange(n_samples) % 3
    chosen = classes if stratify else None
    ours = train_test_split(rows, test_size=test_size, stratify=chosen, rng=np.random.default_rng(0))
    theirs = model_selection.train_test_split(rows, test_size=test_size, stratify=chosen, random_state=0)
    assert [len(part) for part in ours] == [len(part) for part in theirs]
    if stratify:        # scikit-learn draws which of equal remainders to round up
        for our_part, their_part in zip(ours, theirs, strict=True):
            ours_sorted, theirs_sorted = (sorted(np.bincount(classes[part])) for part in (our_part, their_part))
            assert ours_sorted == theirs_sorted


def test_results_come_in_pairs_of_the_same_rows():
    a, b, c = np.arange(10), np.arange(30.0).reshape(10, 3), np.array(list("abcdefghij"))
    a_train, a_test, b_train, b_test, c_train, c_test = train_test_split(a, b, c, rng=np.random.default_rng(1))
    assert (len(a_train), len(a_test)) == (7, 3)
    for rows, b_part, c_part in ((a_train, b_train, c_train), (a_test, b_test, c_test)):
        np.testing.assert_array_equal(b_part, b[rows], strict=True)
        np.testing.assert_array_equal(c_part, c[rows], strict=True)


def test_the_parts_are_copies():
    rows = np.arange(8.0)
    for part in train_test_split(rows):
        part[...] = -1
    np.testing.assert_array_equal(rows, np.arange(8.0))


def test_same_seed_same_split_and_other_seed_another():
    rows = np.arange(50)
    one, two, other = (train_test_split(rows, rng=np.random.default_rng(seed)) for seed in (2, 2, 3))
    np.testing.assert_array_equal(one[1], two[1])
    np.testing.assert_array_equal(one[0], two[0])
    assert set(one[1]) != set(other[1])


def test_without_rng_the_generator_of_the_package_decides():
    rows = np.arange(50)
    manual_seed(5)
    first = train_test_split(rows)[1]
    second = train_test_split(rows)[1]
    manual_seed(5)
    np.testing.assert_array_equal(train_test_split(rows)[1], first)
    assert set(first) != set(second)


def test_both_parts_come_shuffled():
    classes = np.arange(60) // 30
    for stratify in (None, classes):
        for part in train_test_split(np.arange(60), test_size=0.5, rng=np.random.default_rng(0), stratify=stratify):
            assert part.tolist() != sorted(part)
            assert len(set(classes[part[:15]])) == 2        # not class by class either


def test_every_sample_is_held_out_equally_often():
    rng, held_out = np.random.default_rng(0), np.zeros(12)
    classes = np.repeat([0, 1], [4, 8])
    for _ in range(2000):
        np.add.at(held_out, train_test_split(np.arange(12), test_size=3, rng=rng, stratify=classes)[1], 1)
    np.testing.assert_allclose(held_out / 2000, 0.25, atol=0.05)        # five standard deviations


@settings(deadline=None)
@given(st.lists(st.integers(2, 30), min_size=2, max_size=5), st.floats(0.1, 0.9), st.integers(0, 9))
def test_stratified_parts_keep_the_proportions(sizes, test_size, seed):
    rng = np.random.default_rng(seed)
    classes = rng.permutation(np.repeat(np.arange(len(sizes)) * 7 - 3, sizes))      # any labels
    n_samples, n_test = len(classes), int(np.ceil(test_size * len(classes)))
    assume(len(sizes) <= min(n_test, n_samples - n_test))
    train, test = train_test_split(np.arange(n_samples), test_size=test_size, rng=rng, stratify=classes)
    assert sorted([*train, *test]) == list(range(n_samples))
    assert len(test) == n_test
    for label, size in enumerate(sizes):
        assert abs((classes[test] == label * 7 - 3).sum() - n_test * size / n_samples) < 1


def test_what_is_left_over_goes_to_the_largest_remainder():
    classes = np.repeat(["rare", "some", "usual"], [3, 5, 12])      # of 7 held out: 1.05, 1.75, 4.2
    _, test = train_test_split(classes, test_size=7, stratify=classes)
    assert np.unique(test, return_counts=True)[1].tolist() == [1, 2, 4]


@pytest.mark.parametrize("test_size", [0, 0.0, 1.0, 1.5, -0.25, 10, 11, -1, 0.95, float("nan")])
def test_test_size_out_of_range(test_size):
    message = "to leave samples in both parts, as a fraction between 0 and 1 or as a whole number"
    with pytest.raises(ValueRangeError, match=f"^train_test_split expected test_size {message}, "
                                              f"got {test_size} of 10 samples$"):
        train_test_split(np.arange(10), test_size=test_size)


@pytest.mark.parametrize(("sizes", "test_size", "found"), [
    ([1, 9], 0.5, "got 2 classes, the smallest of size 1, and parts of 5 and 5"),
    ([4, 3, 3], 2, "got 3 classes, the smallest of size 3, and parts of 8 and 2"),
    ([4, 3, 3], 8, "got 3 classes, the smallest of size 3, and parts of 2 and 8"),
])
def test_classes_too_small_to_stratify(sizes, test_size, found):
    with pytest.raises(ValueRangeError, match=f"at least two samples of each class in stratify.*, {found}$"):
        train_test_split(np.arange(10), test_size=test_size, stratify=np.repeat(np.arange(len(sizes)), sizes))


@pytest.mark.parametrize("shape", [(9,), (10, 1), ()])
def test_stratify_of_the_wrong_shape(shape):
    with pytest.raises(ShapeError, match=rf"stratify of shape .*{re.escape(str(shape))}$"):
        train_test_split(np.arange(10), stratify=np.zeros(shape))


def test_arrays_that_do_not_fit():
    with pytest.raises(ShapeError, match=re.escape("got array 1 of shape (10,) and array 2 of shape (9, 2)")):
        train_test_split(np.arange(10), np.zeros((9, 2)))
    with pytest.raises(ShapeError, match=r"train_test_split expected .* got no array$"):
        train_test_split()
    with pytest.raises(DtypeError, match="train_test_split expected array 2 as a NumPy array, got list"):
        train_test_split(np.arange(2), [1, 2])
    with pytest.raises(DtypeError, match="train_test_split expected stratify as a NumPy array, got list"):
        train_test_split(np.arange(2), stratify=[1, 2])
