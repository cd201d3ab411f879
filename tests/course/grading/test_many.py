"""Many submissions: found in a folder, graded each on its own, none able to stop the others."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from chainrule.course import load_assignment
from chainrule.course.grading import Grade, SubmissionError
from chainrule.course.grading.many import NOT_FINISHED, grade_all, submissions_in
from chainrule.layers.core import StateError

SUBMIT = ["chainrule/layers/linear.py", "xor.py"]


@pytest.mark.parametrize(("files", "found"), [
    (["xor.py", "notes.txt"], ["."]), (["linear.py", "other.txt"], ["."]), (["chainrule/layers/linear.py", "x"], ["."]),
    (["alice/xor.py"], ["."]), (["alice/xor.py", "bob.zip", ".DS_Store"], ["alice", "bob.zip"]),
])
def test_a_folder_is_one_submission_or_holds_several(tmp_path, files, found):
    for file in files:
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).touch()
    assert submissions_in(tmp_path, SUBMIT) == [tmp_path / name for name in found]


def graded_by(grade, tmp_path):
    paths = []
    for name in ("alice", "bob", "eve"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "task.py").write_text(name)
        paths.append(tmp_path / name)
    assignment = load_assignment(Path(__file__).parents[1] / "hostile" / "assignment" / "hostile.yaml")
    grader = SimpleNamespace(assignment=assignment, nurseries=[0, 0], material=SimpleNamespace(submit=("task.py",)),
                             grade=grade)
    return list(grade_all(grader, paths))


@pytest.mark.parametrize(("error", "problem"), [(RuntimeError("oh"), NOT_FINISHED), (SubmissionError("no"), "no")])
def test_one_that_can_not_be_graded_gets_zero_and_the_others_their_grades(tmp_path, error, problem):
    def grade(files, name):
        if name == "bob":
            raise error
        return Grade("title", name, ())
    alice, bob, eve = graded_by(grade, tmp_path)
    assert (alice.submission, eve.submission) == ("alice", "eve")
    assert bob.earned == 0 and bob.points == 15 and bob.problem == problem


def test_what_is_wrong_with_the_assignment_stops_all(tmp_path):
    def grade(files, name):
        raise StateError("the right version itself fails")
    with pytest.raises(StateError):
        graded_by(grade, tmp_path)
