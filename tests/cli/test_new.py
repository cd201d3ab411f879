"""``chainrule new``: from somebody's own data to a config that trains, without reading anything else."""

import json
from pathlib import Path

import numpy as np
import pytest

from chainrule.cli.main import main
from chainrule.experiments import open_config

RNG = np.random.default_rng(0)


def table(path, rows=120, sep=","):
    """Write flowers of three kinds, with an index, missing cells and a column of words."""
    lines = [sep.join(["id", "petal length", "no: of leaves", "colour", "kind"])]
    for row in range(rows):
        kind = row % 3
        length = "" if row % 40 == 7 else f"{kind + RNG.normal(0, 0.1):.3f}"
        lines.append(sep.join([str(row), length, str(RNG.integers(9)), ["red", "white"][row % 2],
                               ["a", "b", "no"][kind]]))
    path.write_text("\n".join(lines))


def test_from_a_table_to_a_trained_model(tmp_path, monkeypatch, capsys):
    (tmp_path / "data").mkdir()
    table(tmp_path / "data" / "my.csv")
    monkeypatch.chdir(tmp_path)
    assert main(["new", "my_run.yaml", "--data", "data/my.csv"]) == 0
    said = capsys.readouterr().out
    text = Path("my_run.yaml").read_text()
    assert text in said and "now: chainrule train my_run.yaml" in said
    assert "path: data/my.csv " in text and "ignore: [id] " in text and "missing: mean " in text
    assert main(["check", "my_run.yaml"]) == 0
    assert main(["train", "my_run.yaml"]) == 0
    (result,) = Path("runs").glob("*/result.json")
    assert json.loads(result.read_text())["test_accuracy"] > 0.9
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data", "my_run.yaml", "runs"]


def test_paths_are_written_from_where_the_config_stands(tmp_path, monkeypatch):
    table(tmp_path / "my.csv")
    (tmp_path / "configs").mkdir()
    monkeypatch.chdir(tmp_path / "configs")
    assert main(["new", "../configs/a.yaml", "--data", "../my.csv", "--label", "petal length"]) == 0
    assert "path: ../my.csv" in Path("a.yaml").read_text()
    monkeypatch.chdir("/")
    experiment = open_config(tmp_path / "configs" / "a.yaml").experiment
    assert experiment.trainer.loss.title == "MSELoss()"
    assert abs(experiment.loader.dataset.y.mean()) < 1e-6


@pytest.mark.parametrize(("arguments", "words"), [
    (["a.yaml", "--data", "none.csv"], "new found no none.csv"),
    (["a.yaml", "--data", "my.csv", "--label", "kin"], "'kin' – did you mean 'kind'?"),
    (["a.yaml", "--data", "."], "several tables in .: my.csv, other.csv"),
    (["a.yaml", "--data", "old.yaml"], "expected --data as a table"),
    (["old.yaml", "--data", "my.csv"], "old.yaml: exists already, and nothing is overwritten"),
    (["a.csv", "--data", "my.csv"], "a config ends in .yaml; write a.csv.yaml"),
    (["none/a.yaml", "--data", "my.csv"], "there is no folder 'none'"),
    (["a.yaml", "--data", "other.csv"], "at least 10 samples"),
])
def test_what_can_not_be_done_is_said_and_nothing_is_written(tmp_path, monkeypatch, capsys, arguments, words):
    table(tmp_path / "my.csv")
    table(tmp_path / "other.csv", 9)
    (tmp_path / "old.yaml").write_text("mine")
    monkeypatch.chdir(tmp_path)
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    assert main(["new", *arguments]) == 2
    assert words in capsys.readouterr().err
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before
