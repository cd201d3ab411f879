"""JsonLines: every line is on disk when its epoch ends, and is JSON."""

import json

import numpy as np
import pytest

from chainrule.data import DataLoader
from chainrule.training import Callback, JsonLines


def lines(path):
    def refuse(word):
        raise ValueError(f"{word} is no JSON")

    return [json.loads(line, parse_constant=refuse) for line in path.read_text().splitlines()]


def test_lines_are_the_rows(fitted, tmp_path):
    trainer = fitted(JsonLines(tmp_path / "metrics.jsonl"))
    assert lines(tmp_path / "metrics.jsonl") == list(trainer.history)


def test_every_line_is_on_disk_when_its_epoch_ends(fitted, tmp_path):
    class Reader(Callback):
        def on_epoch_end(self, trainer, row):
            assert lines(tmp_path / "m")[-1]["epoch"] == trainer.epoch == len(lines(tmp_path / "m"))

    fitted(JsonLines(str(tmp_path / "m")), Reader())


def test_what_json_has_no_number_for(fitted, tmp_path):
    class Odd(Callback):
        def on_epoch_end(self, trainer, row):
            row |= {"nan": float("nan"), "inf": np.float32("inf"), "matrix": np.array([[1.5, np.nan]]),
                    "count": np.int64(3)}

    fitted(Odd(), JsonLines(tmp_path / "m"), epochs=1)
    row = lines(tmp_path / "m")[0]
    assert [row[name] for name in ("nan", "inf", "matrix", "count")] == [None, None, [[1.5, None]], 3]


def test_a_new_run_begins_anew_and_one_that_continues_goes_on(fitted, regression, tmp_path):
    path = tmp_path / "m"
    path.write_text("old\n")
    trainer = fitted(JsonLines(path), epochs=2)
    trainer.fit(DataLoader(regression(), 7))
    assert [row["epoch"] for row in lines(path)] == [1, 2, 3]


def test_a_folder_that_does_not_exist_ends_the_fit_at_once(fitted, tmp_path):
    with pytest.raises(FileNotFoundError):
        fitted(JsonLines(tmp_path / "none" / "m"))
