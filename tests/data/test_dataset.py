"""ArrayDataset: length, indexing, copies, refusals, splitting."""

import re

import numpy as np
import pytest
import scipy

from chainrule.data import ArrayDataset, DataLoader
from chainrule.layers.core import DtypeError, NonFiniteError, ShapeError


@pytest.fixture
def dataset():
    return ArrayDataset(np.arange(21, dtype=np.float32).reshape(7, 3), np.arange(7) * 10)


def test_length_and_repr(dataset):
    assert len(dataset) == 7
    assert repr(dataset) == "ArrayDataset(7 samples, x (7, 3) float32, y (7,) int64)"


@pytest.mark.parametrize("index", [
    0, 5, -1, np.int64(3), slice(2, 5), slice(None), slice(None, None, -2), slice(3, 3), np.array([4, 0, 4, -2]),
    np.array([], dtype=int), [1, 6], np.array([True, False, False, True, False, True, False]),
])
def test_indexing_is_that_of_both_arrays(dataset, index):
    x, y = dataset[index]
    np.testing.assert_array_equal(x, dataset.x[index], strict=True)
    np.testing.assert_array_equal(y, dataset.y[index])
    assert x.dtype == np.float32
    assert y.dtype == np.int64


@pytest.mark.parametrize("index", [0, slice(1, 4), slice(None), np.array([2, 3])])
def test_a_changed_batch_leaves_the_data_set_as_it_was(dataset, index):
    before = dataset.x.copy()
    x, _ = dataset[index]
    x += 100
    np.testing.assert_array_equal(dataset.x, before)


@pytest.mark.parametrize("index", [7, -8, np.array([0, 7])])
def test_index_out_of_range(dataset, index):
    with pytest.raises(IndexError, match="out of bounds for axis 0 with size 7"):
        dataset[index]


def test_iterating_gives_every_sample(dataset):
    assert [(x.tolist(), int(y)) for x, y in dataset] == [([3 * i, 3 * i + 1, 3 * i + 2], 10 * i) for i in range(7)]


def test_strided_arrays_give_the_same_samples():
    x, y = np.arange(30.0).reshape(3, 10).T[::2], np.arange(10)[::-2]
    batch_x, batch_y = ArrayDataset(x, y)[np.array([4, 1])]
    np.testing.assert_array_equal(batch_x, [[8, 18, 28], [2, 12, 22]])
    np.testing.assert_array_equal(batch_y, [1, 7])


def test_large_arrays_are_not_copied(dataset):
    assert np.shares_memory(ArrayDataset(dataset.x, dataset.y).x, dataset.x)


def test_unequal_lengths_are_refused():
    with pytest.raises(ShapeError, match=re.escape("got x of shape (3, 2) and y of shape (4,)")):
        ArrayDataset(np.zeros((3, 2)), np.zeros(4))


def test_lists_are_refused():
    with pytest.raises(DtypeError, match="ArrayDataset expected x as a NumPy array, got list"):
        ArrayDataset([[1.0]], np.zeros(1))


@pytest.mark.parametrize("name", ["x", "y"])
def test_check_finite_looks_at_both_arrays(name):
    arrays = {"x": np.zeros((4, 2)), "y": np.zeros((4, 1))}
    ArrayDataset(**arrays).check_finite()
    arrays[name][3, 0] = np.inf
    with pytest.raises(NonFiniteError, match=re.escape(f"the first {name}[3, 0] = inf")):
        ArrayDataset(**arrays).check_finite()


def test_split_keeps_x_and_y_together(dataset):
    train, test = dataset.split(test_size=3, rng=np.random.default_rng(0))
    assert (len(train), len(test)) == (4, 3)
    for part in (train, test):
        np.testing.assert_array_equal(part.x[:, 0] / 3 * 10, part.y)
    assert sorted([*train.y, *test.y]) == sorted(dataset.y)


def test_split_stratifies_by_y():
    labels = np.repeat([0, 1], [60, 20])
    for seed in range(5):
        train, test = ArrayDataset(np.zeros((80, 1)), labels).split(rng=np.random.default_rng(seed), stratify=True)
        assert np.bincount(train.y).tolist() == [45, 15]
        assert np.bincount(test.y).tolist() == [15, 5]


def test_split_is_seeded(dataset):
    one, two = (dataset.split(rng=np.random.default_rng(1))[0].y.tolist() for _ in range(2))
    assert one == two
    assert len({tuple(dataset.split(rng=np.random.default_rng(seed))[0].y.tolist()) for seed in range(5)}) > 1


@pytest.mark.parametrize("kind", [scipy.sparse.csr_array, scipy.sparse.coo_array, scipy.sparse.csc_matrix])
def test_sparse_rows_stay_sparse_and_with_their_targets(kind):
    dense = np.where(np.arange(21) % 4 == 0, np.arange(21.0), 0).reshape(7, 3)
    dataset = ArrayDataset(kind(dense), np.arange(7))
    assert len(dataset) == 7 and repr(dataset) == "ArrayDataset(7 samples, x (7, 3) float64, y (7,) int64)"
    for index in (slice(2, 5), np.array([4, 0, 4]), np.array([True, False] * 3 + [True]), 3, slice(3, 3)):
        x, y = dataset[index]
        assert isinstance(x, scipy.sparse.csr_array)
        np.testing.assert_array_equal(x.toarray(), np.atleast_2d(dense[index]))
        np.testing.assert_array_equal(y, np.arange(7)[index])
    dataset[slice(None)][0].data[:] = -1
    np.testing.assert_array_equal(dataset.x.toarray(), dense)
    for part in dataset.split(test_size=3, rng=np.random.default_rng(0)):
        np.testing.assert_array_equal(part.x.toarray(), dense[part.y])
    batches = list(DataLoader(dataset, 3, shuffle=True, rng=np.random.default_rng(0)))
    assert [x.shape for x, _ in batches] == [(3, 3), (3, 3), (1, 3)]
    for x, y in batches:
        np.testing.assert_array_equal(x.toarray(), dense[y])


def test_a_sparse_row_too_many_is_refused():
    with pytest.raises(ShapeError, match=re.escape("got x of shape (3, 2) and y of shape (4,)")):
        ArrayDataset(scipy.sparse.csr_array((3, 2)), np.zeros(4))
