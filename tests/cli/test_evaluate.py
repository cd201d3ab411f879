"""``chainrule evaluate``."""

import json

import pytest

from chainrule.cli.main import main


@pytest.fixture
def path(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["train", "digits_softmax", "--set", "training.epochs=2", "--set", "data.validation_size=100"]) == 0
    [path] = (tmp_path / "runs").iterdir()
    return path


def test_it_says_again_what_the_run_said(path, capsys):
    capsys.readouterr()
    assert main(["evaluate", str(path)]) == 0
    rows = {line.split()[0]: line.split()[1:] for line in capsys.readouterr().out.splitlines()}
    result = json.loads((path / "result.json").read_text())
    last = json.loads((path / "metrics.jsonl").read_text().splitlines()[-1])
    assert list(rows) == ["training", "validation", "test"]
    assert rows["test"][:2] == ["loss", f"{result['test_loss']:.6g}"]
    assert rows["validation"][1] == f"{last['val_loss']:.6g}"
    assert main(["evaluate", str(path), "--weights", "best"]) == 0
    best = capsys.readouterr().out.splitlines()[1].split()[2]
    assert best == f"{last['val_loss']:.6g}"        # it got better and better


def test_a_folder_that_is_no_run_ends_in_one_line(path, capsys):
    capsys.readouterr()
    assert main(["evaluate", "runs"]) == 2
    assert capsys.readouterr().err == "runs is no run: it has no config.yaml; chainrule runs lists those there are\n"
    (path / "weights.safetensors").write_bytes(b"PK")
    assert main(["evaluate", str(path)]) == 2
    [line] = capsys.readouterr().err.splitlines()
    assert "weights.safetensors is damaged" in line
