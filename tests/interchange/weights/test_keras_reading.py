"""Files of Keras, whole, damaged and of other kinds."""

from pathlib import Path

import numpy as np
import pytest

from chainrule.data.data_file import DataFileError
from chainrule.interchange.weights import import_weights
from chainrule.interchange.weights.keras_reading import read_keras
from chainrule.layers import Linear

h5py = pytest.importorskip("h5py")
FILES = Path(__file__).parent / "files"


def written(path, groups):
    with h5py.File(path, "w") as file:
        for name, array in groups.items():
            file[name] = array
    return path


def test_variables_by_kind_and_number(tmp_path):
    path = written(tmp_path / "a.weights.h5", {
        "layers/dense_10/vars/0": np.ones(1), "layers/dense_2/vars/0": np.ones(2), "layers/dense/vars/0": np.ones(3),
        "layers/conv2d/vars/0": np.ones(4), "layers/dropout/vars/0": np.array([1, 2])})
    assert [(each.kind, each.number, each.arrays[0].size) for each in read_keras(path)] == [
        ("conv2d", 0, 4), ("dense", 0, 3), ("dense", 2, 2), ("dense", 10, 1)]


def test_a_model_inside_of_a_model(tmp_path):
    path = written(tmp_path / "a.weights.h5", {"layers/sequential/layers/dense/vars/0": np.ones(1)})
    with pytest.raises(DataFileError, match="sequential"):
        read_keras(path)


def test_older_files(tmp_path):
    path = written(tmp_path / "a.weights.h5", {"model_weights/dense/kernel:0": np.ones(1)})
    with pytest.raises(DataFileError, match="Keras 3"):
        read_keras(path)


@pytest.mark.parametrize("name", ["rnn.keras", "lstm.weights.h5"])
def test_cut_off_files(name, tmp_path):
    content = (FILES / name).read_bytes()
    for length in range(0, len(content) - 1, len(content) // 40):
        (tmp_path / name).write_bytes(content[:length])
        with pytest.raises(DataFileError, match=name):
            read_keras(tmp_path / name)


def test_names_are_not_taken_for_keras(tmp_path):
    path = written(tmp_path / "a.weights.h5", {"layers/dense/vars/0": np.ones((2, 3))})
    with pytest.raises(DataFileError, match="names="):
        import_weights(Linear(2, 3, bias=False), path, names={"a": "b"})
