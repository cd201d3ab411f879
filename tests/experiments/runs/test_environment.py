"""What is kept of where a run was made."""

import json
import subprocess

import numpy as np

from chainrule.experiments.runs.environment import environment, versions_apart


def test_versions_are_those_that_run(monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    found = environment()
    assert found["versions"]["numpy"] == np.__version__
    assert found["threads"]["OMP_NUM_THREADS"] == "1"
    assert json.loads(json.dumps(found)) == found


def test_the_state_of_git_is_that_of_the_current_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert environment()["git"] is None
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@b.c"]
    for command in (["init", "-q"], ["commit", "-q", "--allow-empty", "-m", "first"]):
        subprocess.run([*git, *command], check=True, capture_output=True)
    first = environment()["git"]
    assert len(first["commit"]) == 40 and not first["changed"]
    (tmp_path / "new").write_text("")
    assert environment()["git"] == {**first, "changed": True}


def test_without_git_nothing_is_known_of_it(monkeypatch):
    monkeypatch.setenv("PATH", "")
    assert environment()["git"] is None


def test_what_may_change_bits_is_told_and_nothing_else():
    now = environment()
    assert versions_apart([now], now) == versions_apart([], now) == []
    then = {**now, "time": "before", "versions": {**now["versions"], "numpy": "1.0"}}
    assert versions_apart([then], now) == [f"numpy was 1.0, is {np.__version__}"]
