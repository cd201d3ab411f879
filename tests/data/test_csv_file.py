"""A data set from a CSV file, against scikit-learn and Python's own csv."""

import numpy as np
import pytest

from chainrule.data import DataFileError, csv_file
from chainrule.layers.core import UnknownNameError, ValueRangeError

TEXT = "id,age,city,income,kind\n1,30,\"Rome, Italy\",1.5e3,b\n2,41.5,Oslo,-20,a\n3,22,Oslo,0,b\n"


@pytest.fixture
def path(tmp_path):
    (tmp_path / "my.csv").write_text(TEXT)
    return tmp_path / "my.csv"


def test_numbers_words_and_classes(path):
    dataset = csv_file(path, label="kind", ignore=["id"])
    assert dataset.x.tolist() == [[30, 0, 1, 1500], [41.5, 1, 0, -20], [22, 1, 0, 0]]
    assert dataset.x.dtype == np.float32
    assert dataset.y.tolist() == [1, 0, 1] and dataset.y.dtype == np.int64
    assert dataset.preparation.classes == ("a", "b")


def test_one_place_for_each_word_as_scikit_learn(path):
    encoder = pytest.importorskip("sklearn.preprocessing").OneHotEncoder(sparse_output=False)
    cities = np.array([["Rome, Italy"], ["Oslo"], ["Oslo"]])
    np.testing.assert_array_equal(csv_file(path, "kind", ["id", "age", "income"]).x, encoder.fit_transform(cities))


def test_a_label_of_numbers(path):
    dataset = csv_file(path, label="income", label_type="number", ignore=["id"])
    assert dataset.y.tolist() == [[1500], [-20], [0]] and dataset.y.dtype == np.float32
    assert dataset.preparation.classes is None


def test_without_label_the_target_is_the_input(path):
    dataset = csv_file(path, ignore=["id", "city", "kind"])
    np.testing.assert_array_equal(dataset.x, dataset.y)


def test_another_file_is_read_alike(path, tmp_path):
    columns = csv_file(path, "kind", ["id"]).preparation.columns
    (tmp_path / "test.csv").write_text("id,age,city,income,kind\n9,1,Oslo,2,a\n")
    test = csv_file(tmp_path / "test.csv", "kind", ["id"], columns=columns)
    assert test.x.tolist() == [[1, 1, 0, 2]] and test.y.tolist() == [0]


@pytest.mark.parametrize(("arguments", "error", "words"), [
    ({"label": "kin"}, UnknownNameError, "unknown column of .*my.csv 'kin' – did you mean 'kind'"),
    ({"label": "kind", "ignore": ["ids"]}, UnknownNameError, "did you mean 'id'"),
    ({"label": "kind", "ignore": ["kind"]}, ValueRangeError, "label not in ignore"),
    ({"label": "kind", "ignore": ["id", "age", "city", "income"]}, ValueRangeError, "a column besides"),
])
def test_columns_that_are_not_there(path, arguments, error, words):
    with pytest.raises(error, match=words):
        csv_file(path, **arguments)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(DataFileError, match=r"csv_file can not read .*my.csv: No such file"):
        csv_file(tmp_path / "my.csv", "kind")


def test_missing_numbers_are_left_to_be_filled_in(tmp_path):
    (tmp_path / "a.csv").write_text("a,b,y\n1,,0\n2,5,1\n")
    dataset = csv_file(tmp_path / "a.csv", "y", missing="mean")
    assert np.isnan(dataset.x[0, 1])
    dataset.check_finite()
    assert dataset.preparation.fit(dataset.x[1:]).apply(dataset.x)[0, 1] == 5
