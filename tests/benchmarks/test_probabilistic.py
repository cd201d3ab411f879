"""The benchmark of probabilistic backpropagation reads divisions as they are published."""

import numpy as np

from benchmarks import probabilistic


def test_the_stored_numbers_say_what_was_asked_for(stored):
    """Done when: Boston and Yacht as near to the paper's as this, together in three minutes; diabetes covered."""
    found = {data: {key: np.array([one[key] for one in methods["probabilistic"].values()])
                    for key in ("rmse", "log likelihood", "coverage", "seconds")}
             for data, methods in stored("probabilistic").items()}
    boston, yacht = found["bostonHousing"], found["yacht"]
    assert len(boston["rmse"]) == len(yacht["rmse"]) == 20
    assert boston["rmse"].mean() <= 3.19 and boston["log likelihood"].mean() >= -2.67 and yacht["rmse"].mean() <= 1.15
    assert boston["seconds"].sum() + yacht["seconds"].sum() <= 180
    assert 0.83 <= found["diabetes"]["coverage"].mean() <= 0.96


def test_divisions_of_a_folder(tmp_path):
    table = np.arange(12.0).reshape(4, 3)
    files = {"data": table, "index_features": [0, 2], "index_target": [1], "index_train_0": [0, 1, 3],
             "index_test_0": [2], "index_train_1": [1, 2], "index_test_1": [0, 3]}
    for name, values in files.items():
        np.savetxt(tmp_path / f"{name}.txt", values)
    first, second = probabilistic.divisions(tmp_path)
    for received, rows, columns in zip(first, ([0, 1, 3], [2]) * 2, ([0, 2], [0, 2], 1, 1), strict=True):
        np.testing.assert_array_equal(received, table[rows][:, columns])
    assert [len(part) for part in second] == [2, 2, 2, 2]


def test_a_division_is_measured():
    x = np.linspace(-1, 1, 40)[:, None]
    found = probabilistic.measure("probabilistic", 0, x[::2], x[1::2], x[::2, 0], x[1::2, 0])
    assert set(found) == {"rmse", "log likelihood", "coverage", "seconds"} and found["rmse"] < 0.3
