"""``chainrule assignment build`` and ``check``."""

import os
from pathlib import Path

import pytest

from chainrule.cli import main
from chainrule.layers.kernels import has_twins

CIRCLES = Path(__file__).parents[1] / "course" / "circles" / "circles.yaml"
BAD = """title: x
parts:
  layers.Linear.forward: {points: 1, examples: [{make: "Linear(4, 3, bias=False)", x: [[5, 4]]}]}
"""


@pytest.fixture(autouse=True)
def _compiled(monkeypatch):
    """Leave the choice of compiled kernels as it is, which a build makes for its own process."""
    has_twins()
    monkeypatch.setenv("CHAINRULE_COMPILED", os.environ.get("CHAINRULE_COMPILED", "1"))


@pytest.mark.long
def test_build_and_check(tmp_path, capfd, monkeypatch):
    out = tmp_path / "out"
    assert main(["assignment", "build", str(CIRCLES), "--out", str(out)]) == 0
    assert "10 points; the reference scores all" in capfd.readouterr().out
    assert len((tmp_path / "out.secret").read_text().strip()) == 64
    monkeypatch.chdir(out / "solution")
    assert main(["assignment", "check", "circles.area"]) == 0
    assert "2 of 2 points" in capfd.readouterr().out
    monkeypatch.chdir(tmp_path)
    assert main(["assignment", "check"]) == 2
    assert "no assignment.json" in capfd.readouterr().err


@pytest.mark.long
def test_what_is_not_fit_to_be_handed_out_is_not_written(tmp_path, capfd):
    (tmp_path / "a.yaml").write_text(BAD)
    assert main(["assignment", "build", str(tmp_path / "a.yaml")]) == 1
    assert "a is not written" in capfd.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["a.yaml"]


@pytest.mark.parametrize(("arguments", "words"), [
    (["build", "no.yaml"], "no such file"), (["build", str(CIRCLES.with_name("circles.md"))], "circles.md:3"),
])
def test_what_can_not_be_read_is_told(arguments, words, capfd):
    assert main(["assignment", *arguments]) == 2
    assert words in capfd.readouterr().err
