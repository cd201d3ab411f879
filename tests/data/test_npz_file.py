"""Data sets from NumPy's files, in memory or left where they are."""

import numpy as np
import pytest

from chainrule.data import DataFileError, DataLoader, npy_files, npz_file
from chainrule.layers.core import NonFiniteError, ShapeError, UnknownNameError


@pytest.mark.parametrize(("x", "dtype", "value"), [
    (np.ones((3, 2)), np.float32, 1), (np.full((3, 2), 255, np.uint8), np.float32, 1),
    (np.full((3, 2), 7, np.int16), np.int64, 7), (np.ones((3, 2), bool), np.float32, 1)])
def test_numbers_become_what_networks_take(tmp_path, x, dtype, value):
    np.savez(tmp_path / "a.npz", x=x, y=np.arange(3, dtype=np.uint8))
    dataset = npz_file(tmp_path / "a.npz")
    assert dataset.x.dtype == dtype and (dataset.x == value).all()
    assert dataset.y.dtype == np.int64


def test_texts_become_classes(tmp_path):
    np.savez(tmp_path / "a.npz", x=np.zeros((3, 1)), y=np.array(["b", "a", "b"]))
    dataset = npz_file(tmp_path / "a.npz")
    assert dataset.y.tolist() == [1, 0, 1] and dataset.preparation.classes == ("a", "b")


def test_names_can_be_said(tmp_path):
    np.savez(tmp_path / "a.npz", images=np.zeros((3, 1)), labels=np.arange(3.0))
    assert npz_file(tmp_path / "a.npz", "images", "labels").y.dtype == np.float32
    assert npz_file(tmp_path / "a.npz", "images", None).y.shape == (3, 1)
    with pytest.raises(UnknownNameError, match=r"unknown array in .*'x'; known: images, labels"):
        npz_file(tmp_path / "a.npz")


@pytest.mark.parametrize(("x", "y", "error"), [
    (np.zeros((3, 1)), np.zeros(4), ShapeError), (np.float32(1), np.zeros(4), ShapeError),
    (np.zeros((0, 1)), np.zeros(0), ShapeError), (np.array(["a"]), np.zeros(1), DataFileError),
    (np.array([[np.nan]]), np.zeros(1), NonFiniteError)])
def test_what_is_no_data_set_is_refused(tmp_path, x, y, error):
    np.savez(tmp_path / "a.npz", x=x, y=y)
    with pytest.raises(error, match=r"a.npz"):
        npz_file(tmp_path / "a.npz")


def test_a_data_set_stays_in_its_file(tmp_path):
    x = np.random.default_rng(0).random((50, 3), np.float32)
    np.save(tmp_path / "x.npy", x)
    np.save(tmp_path / "y.npy", np.arange(50))
    dataset = npy_files(tmp_path / "x.npy", tmp_path / "y.npy")
    assert isinstance(dataset.x.base, np.memmap)
    batches = list(DataLoader(dataset, 8, shuffle=True, rng=np.random.default_rng(0)))
    np.testing.assert_array_equal(np.concatenate([part for part, _ in batches]),
                                  x[np.concatenate([part for _, part in batches])])
