"""What came of a sweep."""

import csv
import io
from pathlib import Path

import pytest

from chainrule.experiments import open_config, run, sweep
from chainrule.experiments.sweeps.outcome import show_value

pytest.importorskip("optuna")


def test_the_best_config_is_a_file_that_trains_to_the_same_weights(config):
    found = sweep(config, ["optimizer.lr=log:1e-4:1", "model.1=choice:Tanh,ReLU"], trials=3, say=lambda _: None)
    assert [row.value for row in found.rows] == sorted(row.value for row in found.rows)
    assert {row.number for row in found.rows} == {0, 1, 2}
    best = open_config(found.sweep.path / "best.yaml")
    assert best.experiment.name == "small"
    again = run(best, verbose=False)
    assert (again.path / "weights.safetensors").read_bytes() == \
        (found.best.path / "weights.safetensors").read_bytes()
    table = list(csv.DictReader(io.StringIO((found.sweep.path / "trials.csv").read_text())))
    assert [int(row["trial"]) for row in table] == [row.number for row in found.rows]
    assert float(table[0]["val_loss"]) == found.best.value
    assert table[0]["model.1"] == found.best.values["model.1"] in ("Tanh", "ReLU")
    assert found.best.path.parent == found.sweep.trials and Path(table[0]["run"]).name == found.best.path.name


def test_values_are_shown_in_short():
    assert [show_value(each) for each in (0.0123456, 64, "ReLU", None, {"Dropout": 0.1})] == \
        ["0.01235", "64", "ReLU", "null", '{"Dropout": 0.1}']
