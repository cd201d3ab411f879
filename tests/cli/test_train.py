"""``chainrule train``."""

import json

import pytest

from chainrule.cli.main import main


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_it_trains_and_says_where_the_run_is(folder, capsys):
    assert main(["train", "digits_mlp", "--set", "training.epochs=2", "--set", "seed=3"]) == 0
    out = capsys.readouterr().out.splitlines()
    [path] = (folder / "runs").iterdir()
    result = json.loads((path / "result.json").read_text())
    assert out[0].startswith("epoch 1/2  loss")
    assert out[-2] == f"test_loss {result['test_loss']:.4g}  test_accuracy {result['test_accuracy']:.4g}"
    assert out[-1] == f"saved in {path.relative_to(folder)}"


def test_the_runs_may_be_elsewhere(folder, capsys):
    assert main(["train", "xor", "--runs", "a/b", "--set", "training.epochs=1"]) == 0
    [path] = (folder / "a" / "b").iterdir()
    assert capsys.readouterr().out.splitlines()[-1] == f"saved in a/b/{path.name}"


def test_without_test_data_nothing_is_said_of_it(folder, capsys):
    assert main(["train", "xor", "--set", "training.epochs=1"]) == 0
    assert "test" not in capsys.readouterr().out
