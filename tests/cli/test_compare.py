"""``chainrule compare``."""

import json

import pytest

from chainrule.cli.main import main


@pytest.fixture
def runs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "config.yaml").write_text("seed: 0\n")
        (tmp_path / name / "metrics.jsonl").write_text(json.dumps({"epoch": 1, "loss": 1.0, "val_loss": 2.0}) + "\n")
    return tmp_path


def test_curves_come_into_one_picture(runs, capsys):
    assert main(["compare", "a", "b"]) == 0
    assert capsys.readouterr().out == "2 runs in comparison.png\n"
    assert (runs / "comparison.png").read_bytes().startswith(b"\x89PNG")


def test_what_is_no_run_leaves_no_picture(runs, capsys):
    assert main(["compare", "a", "nowhere", "--output", "c.png"]) == 2
    [line] = capsys.readouterr().err.splitlines()
    assert line.startswith("nowhere is no run")
    assert not (runs / "c.png").exists()
