"""The command: zeros on disk before anything runs, then what was earned."""

import argparse
import csv
import json
from pathlib import Path

import pytest

from chainrule.course.grading import Grade, PartGrade, command
from chainrule.course.grading.many import NOT_FINISHED
from chainrule.layers.core import ChainruleError

ASSIGNMENT = str(Path(__file__).parents[1] / "hostile" / "assignment" / "hostile.yaml")


@pytest.fixture
def run(monkeypatch, tmp_path):
    """Run the command with grades of its own making; return what the file held before the first grade."""
    class Grader:
        def __init__(self, assignment, secret, level, jobs):
            made.update(secret=secret, level=level, jobs=jobs)

        def __enter__(self):
            return self

        def __exit__(self, *_):
            pass

    made = {}
    monkeypatch.setattr(command, "Grader", Grader)

    def run_with(grades, *words):
        output = tmp_path / "out" / "results"

        def grade_all(grader, paths):
            made["before"] = output.read_text() if output.exists() else None
            yield from grades(paths)
        monkeypatch.setattr(command, "grade_all", grade_all)
        parser = argparse.ArgumentParser()
        command.configure(parser)
        chosen = parser.parse_args([ASSIGNMENT, *map(str, words), "--output", str(output)])
        assert chosen.run(chosen) == 0
        return made | {"after": output.read_text()}
    return run_with


def all_points(paths):
    for path in paths:
        yield Grade("title", path.name, (PartGrade("task.scale", "task.scale", 5, 5),))


def test_zeros_are_there_before_anything_runs(run, tmp_path):
    (tmp_path / "task.py").touch()
    (tmp_path / "secret").write_bytes(b"hidden")
    made = run(all_points, tmp_path, "--format", "gradescope", "--secret", tmp_path / "secret", "--isolation", "filter")
    before, after = json.loads(made["before"]), json.loads(made["after"])
    assert before["score"] == 0 and before["output"] == NOT_FINISHED and len(before["tests"]) == 3
    assert after["score"] == 5
    assert (made["secret"], made["level"], made["jobs"]) == (b"hidden", "filter", 1)


def test_if_grading_dies_zeros_stay(run, tmp_path):
    (tmp_path / "task.py").touch()

    def dies(paths):
        raise ChainruleError("no")
        yield
    with pytest.raises(ChainruleError):
        run(dies, tmp_path, "--format", "gradescope")
    assert json.loads((tmp_path / "out" / "results").read_text())["output"] == NOT_FINISHED


def test_a_folder_of_submissions_is_a_table(run, tmp_path):
    handed_in = tmp_path / "submissions"
    for name in ("alice", "bob"):
        (handed_in / name).mkdir(parents=True)
        (handed_in / name / "task.py").touch()
    rows = list(csv.DictReader(run(all_points, handed_in, "--format", "csv")["after"].splitlines()))
    assert [(row["submission"], row["earned"]) for row in rows] == [("alice", "5"), ("bob", "5")]


def test_one_submission_alone_fits_into_the_formats_of_one(run, tmp_path):
    with pytest.raises(ChainruleError, match="the format 'autolab' holds one submission, not 2"):
        run(all_points, tmp_path, tmp_path, "--format", "autolab")


def test_without_a_secret_questions_are_others_every_time(run, tmp_path):
    (tmp_path / "task.py").touch()
    first = run(all_points, tmp_path)["secret"]
    assert len(first) == 32 and run(all_points, tmp_path)["secret"] != first


@pytest.mark.parametrize(("words", "said"), [(["--secret", "nowhere"], "the secret nowhere can not be read"),
                                             (["--jobs", "0"], "--jobs")])
def test_what_can_not_be_is_said(run, tmp_path, words, said):
    (tmp_path / "task.py").touch()
    with pytest.raises(ChainruleError, match=said):
        run(all_points, tmp_path, *words)


def test_a_folder_of_several_submissions_is_too_much_for_formats_of_one(run, tmp_path):
    for name in ("ada", "bob"):
        (tmp_path / "all" / name).mkdir(parents=True)
        (tmp_path / "all" / name / "task.py").write_text("x = 1\n")
    with pytest.raises(ChainruleError, match="all has several submissions in it: ada, bob; the format 'gradescope' "
                                             "takes one, csv, junit, text take many"):
        run(all_points, tmp_path / "all", "--format", "gradescope")
    results = json.loads((tmp_path / "out" / "results").read_text())
    assert results["score"] == 0 and "takes one" in results["output"]
