"""The history of a run in its files."""

import csv
import json
from types import SimpleNamespace

import numpy as np
import pytest

from chainrule.experiments.runs.folder import RunFolder
from chainrule.experiments.runs.record import Recorder


@pytest.fixture
def record(tmp_path):
    """Return a function that tells a recorder of rows, as a training that goes on from some of them would."""
    with RunFolder(tmp_path, "name", "f00d") as folder:
        def tell(rows, known=()):
            recorder, trainer = Recorder(folder), SimpleNamespace(history=SimpleNamespace(rows=list(known)))
            recorder.on_fit_begin(trainer)
            for row in rows:
                recorder.on_epoch_begin(trainer)
                trainer.history.rows.append(row)
                recorder.on_epoch_end(trainer, row)
            return folder.path
        yield tell


def read(path):
    with (path / "metrics.csv").open(newline="") as file:
        lines = (path / "metrics.jsonl").read_text().splitlines()
        return [json.loads(line) for line in lines], list(csv.DictReader(file))


def test_both_files_grow_with_every_epoch_and_show_the_folder(record):
    path = record([{"epoch": 1, "loss": 0.5}, {"epoch": 2, "loss": np.float64(0.25)}])
    lines, table = read(path)
    assert lines == [{"epoch": 1, "loss": 0.5}, {"epoch": 2, "loss": 0.25}]
    assert table == [{"epoch": "1", "loss": "0.5"}, {"epoch": "2", "loss": "0.25"}]
    assert not path.name.startswith(".")


def test_the_table_has_numbers_alone_and_takes_new_columns(record):
    path = record([{"epoch": 1, "matrix": np.eye(2), "layers": {"0": {"norm": float("nan")}}},
                   {"epoch": 2, "loss": float("inf")}])
    lines, table = read(path)
    assert lines == [{"epoch": 1, "matrix": [[1, 0], [0, 1]], "layers": {"0": {"norm": None}}},
                     {"epoch": 2, "loss": None}]
    assert table == [{"epoch": "1", "loss": ""}, {"epoch": "2", "loss": "inf"}]


def test_what_a_killed_process_wrote_beyond_its_checkpoint_comes_again(record):
    path = record([{"epoch": epoch, "loss": 1.0} for epoch in (1, 2, 3)])
    with (path / "metrics.jsonl").open("a") as file:
        file.write('{"epoch": 4, "lo')
    record([{"epoch": 2, "loss": 2.0}], known=[{"epoch": 1, "loss": 1.0}])
    lines, table = read(path)
    assert [(row["epoch"], row["loss"]) for row in lines] == [(1, 1.0), (2, 2.0)]
    assert [row["epoch"] for row in table] == ["1", "2"]
