"""What was done to the training data is done to others, after a journey through a file, too."""

import json

import numpy as np
import pytest

from chainrule.data import DataFileError, Preparation, Standardize, csv_file
from chainrule.layers.core import DtypeError, UnknownNameError

TEXT = "n,w,y\n1.5,a,no\n,b,yes\n4,b,no\n7,a,yes\n"


@pytest.fixture
def fitted(tmp_path):
    (tmp_path / "my.csv").write_text(TEXT)
    dataset = csv_file(tmp_path / "my.csv", "y", missing="mean")
    return dataset, dataset.preparation.fit(dataset.x[:3], standardize=True)


def test_only_the_training_rows_are_looked_at(fitted):
    dataset, preparation = fitted
    found = preparation.apply(dataset.x)
    mean, scale = np.mean([1.5, 2.75, 4]), np.std([1.5, 2.75, 4])       # the mean of those known fills in
    np.testing.assert_allclose(found[:, 0], (np.array([1.5, 2.75, 4, 7]) - mean) / scale, atol=1e-6)
    np.testing.assert_allclose(found[:3].mean(axis=0), 0, atol=1e-6)


def test_a_file_of_it_reads_new_files_alike_bit_for_bit(fitted, tmp_path):
    dataset, preparation = fitted
    preparation.save(tmp_path / "p.json")
    loaded = Preparation.load(tmp_path / "p.json")
    np.testing.assert_array_equal(loaded.apply(dataset.x), preparation.apply(dataset.x), strict=True)
    assert loaded.columns == preparation.columns and loaded.classes == ("no", "yes")
    (tmp_path / "new.csv").write_text("w,n\nb,\na,7\n")
    np.testing.assert_array_equal(loaded.read(tmp_path / "new.csv"), preparation.apply(dataset.x)[[1, 3]])


@pytest.mark.parametrize("per_channel", [False, True])
def test_scaled_images_and_targets_come_back(tmp_path, per_channel):
    rng = np.random.default_rng(0)
    x, y = rng.random((9, 2, 4, 3), np.float32), rng.random((9, 1)) * 1e5
    made = Preparation().fit(x, y, standardize="channels" if per_channel else True)
    made.save(tmp_path / "p.json")
    loaded = Preparation.load(tmp_path / "p.json")
    axes = (0, 2, 3) if per_channel else 0
    np.testing.assert_allclose(loaded.apply(x).mean(axis=axes), 0, atol=1e-6)
    np.testing.assert_allclose(loaded.apply(x).std(axis=axes), 1, atol=1e-5)
    np.testing.assert_allclose(loaded.answer(loaded.target.transform(y)), y)


def test_answers_are_names_where_there_are_some():
    made = Preparation(classes=("cat", "dog"))
    assert made.answer(np.array([[0.1, 0.9], [2.0, 1.0]])).tolist() == ["dog", "cat"]
    assert Preparation().answer(np.array([[0.1, 0.9]])).tolist() == [[0.1, 0.9]]
    with pytest.raises(DtypeError, match="standardize_target expected targets that are numbers, got classes"):
        Preparation().fit(np.zeros((2, 1)), np.zeros(2, int))


def test_arrays_are_read(tmp_path):
    scale = Preparation(standardize=Standardize().fit(np.array([[1.0], [3.0]])))
    np.savez(tmp_path / "a.npz", x=np.array([[5.0]]), y=np.zeros(1))
    np.save(tmp_path / "a.npy", np.array([[5.0]]))
    assert scale.read(tmp_path / "a.npz").tolist() == scale.read(tmp_path / "a.npy").tolist() == [[3]]
    np.savez(tmp_path / "b.npz", u=np.zeros(1), v=np.zeros(1))
    with pytest.raises(UnknownNameError, match="'x'; known: u, v"):
        scale.read(tmp_path / "b.npz")


@pytest.mark.parametrize("name", ["a.csv", "a.png", "a"])
def test_files_of_another_kind_are_refused(tmp_path, name):
    with pytest.raises(DataFileError, match=r"has not learned from"):
        Preparation().read(tmp_path / name)


@pytest.mark.parametrize("text", [
    "", "{", "[]", "{}", '{"classes": 5}', '{"classes": null, "inputs": [5]}', '{"classes": null, "impute": {}}',
    '{"classes": null, "standardize": {"mean": [0], "scale": [0], "per_channel": 0}}', "[" * 100_000,
    '{"classes": null, "inputs": [], "label": null, "format": {}, "missing": "mean"}',
    '{"classes": null, "standardize": {"mean": [NaN], "scale": [1], "per_channel": 0}}',
    '{"classes": null, "standardize": {"mean": ["a"], "scale": [1], "per_channel": 0}}'])
def test_damaged_files_are_refused(tmp_path, text):
    (tmp_path / "p.json").write_text(text)
    with pytest.raises(DataFileError, match=r"Preparation found .*p.json damaged"):
        Preparation.load(tmp_path / "p.json")


def test_a_file_is_plain_json(fitted, tmp_path):
    fitted[1].save(tmp_path / "p.json")
    assert set(json.loads((tmp_path / "p.json").read_text())) == {"classes", "inputs", "label", "format", "missing",
                                                                  "impute", "standardize"}
