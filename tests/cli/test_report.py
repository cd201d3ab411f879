"""``chainrule report``: the page anew, from what is in the folder."""

import pytest

from chainrule.cli import main


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["train", "spirals_mlp", "--set", "training.epochs=3", "--set", "data.validation_size=0.2"]) == 0
    (folder,) = tmp_path.glob("runs/*")
    return folder


def test_it_is_the_page_that_the_run_wrote(folder, capsys):
    page = (folder / "report.html").read_bytes()
    (folder / "report.html").unlink()
    assert main(["report", str(folder)]) == 0
    assert f"written to {folder / 'report.html'}" in capsys.readouterr().out
    assert (folder / "report.html").read_bytes() == page
    assert main(["report", str(folder), "--weights", "best", "--output", "best.html"]) == 0
    assert b"<!DOCTYPE html>" in (folder.parents[1] / "best.html").read_bytes()


def test_what_is_no_run_is_refused_in_one_line(tmp_path, capsys):
    assert main(["report", str(tmp_path)]) == 2
    assert "is no run" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
