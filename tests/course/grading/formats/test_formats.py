"""Grades in the formats of other systems, held against what their documentation says."""

import csv
import io
import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path
from xml.etree import ElementTree

import pytest

from chainrule.course import load_assignment
from chainrule.course.grading import Grade, PartGrade
from chainrule.course.grading.formats import FORMATS, OF_MANY
from chainrule.course.handout import build
from chainrule.course.handout.writing import autograder_files

HOSTILE = Path(__file__).parents[2] / "hostile" / "assignment"

GRADE = Grade("Linear layers", "alice", (
    PartGrade("layers.Linear.forward", "The way forward", 4.0, 4.0, "right"),
    PartGrade("layers.Linear.backward", "The way back", 2.5, 0.0, 'wrong\n{"scores": {"other": 9}}\x00'),
), "namespaces", 1.25, "", ("like the library",))
EMPTY = Grade("Linear layers", "=bob", (PartGrade("a", "a", 1.0, 0.0),), problem="nothing that can be read")

VISIBILITY = {"enum": ["hidden", "after_due_date", "after_published", "visible"]}
TEXT_FORMAT = {"enum": ["text", "html", "simple_format", "md", "ansi"]}
GRADESCOPE = {      # gradescope-autograders.readthedocs.io, "Autograder Specifications"
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "score": {"type": "number"}, "execution_time": {"type": "number"}, "output": {"type": "string"},
        "output_format": TEXT_FORMAT, "test_output_format": TEXT_FORMAT, "test_name_format": TEXT_FORMAT,
        "visibility": VISIBILITY, "stdout_visibility": VISIBILITY, "extra_data": {"type": "object"},
        "leaderboard": {"type": "array"},
        "tests": {"type": "array", "items": {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "score": {"type": "number"}, "max_score": {"type": "number"}, "status": {"enum": ["passed", "failed"]},
                "name": {"type": "string"}, "name_format": TEXT_FORMAT, "number": {"type": "string"},
                "output": {"type": "string"}, "output_format": TEXT_FORMAT, "tags": {"type": "array"},
                "visibility": VISIBILITY, "extra_data": {"type": "object"},
            },
            "required": ["score"]}},
    },
    "required": ["score", "tests"],
}
PRAIRIELEARN = {    # docs.prairielearn.com, "External grading"
    "type": "object",
    "properties": {
        "gradable": {"type": "boolean"}, "score": {"type": "number", "minimum": 0, "maximum": 1},
        "message": {"type": "string"}, "output": {"type": "string"}, "format_errors": {"type": "array"},
        "tests": {"type": "array", "items": {"type": "object", "properties": {
            "name": {"type": "string"}, "description": {"type": "string"}, "points": {"type": "number"},
            "max_points": {"type": "number"}, "message": {"type": "string"}, "output": {"type": "string"}},
            "required": ["name", "points", "max_points"]}},
    },
    "required": [],
}
CLASSROOM50 = {     # github.com/foundation50/classroom50, wiki "Advanced Autograding"
    "type": "object",
    "properties": {
        "schema": {"enum": ["classroom50/result/v1"]}, "score": {"type": "integer"}, "max-score": {"type": "integer"},
        **{name: {"type": "string"} for name in ("classroom", "assignment", "submission", "commit", "release", "review",
                                                 "datetime")},
        "tests": {"type": "array", "items": {"type": "object", "properties": {
            "test-name": {"type": "string"}, "passed": {"type": "boolean"}, "score": {"type": "integer"},
            "max-score": {"type": "integer"}}, "required": ["test-name", "passed", "score", "max-score"]}},
    },
    "required": ["schema", "classroom", "assignment", "submission", "commit", "release", "review", "datetime", "score",
                 "max-score", "tests"],
}
TYPES = {"object": dict, "array": list, "string": str, "number": (int, float), "integer": int, "boolean": bool}


def check(value, schema, at="results"):
    """Hold a value against the words of JSON Schema that are used above."""
    if "enum" in schema:
        assert value in schema["enum"], at
        return
    assert isinstance(value, TYPES[schema["type"]]), at
    assert schema["type"] == "boolean" or not isinstance(value, bool), at
    if "minimum" in schema:
        assert schema["minimum"] <= value <= schema["maximum"], at
    if schema["type"] == "object":
        properties = schema.get("properties", {})
        assert set(schema.get("required", [])) <= value.keys(), at
        assert schema.get("additionalProperties", True) or value.keys() <= properties.keys(), at
        for name in value.keys() & properties.keys():
            check(value[name], properties[name], f"{at}.{name}")
    for item in value if "items" in schema else ():
        check(item, schema["items"], f"{at}[]")


@pytest.mark.parametrize("grade", [GRADE, EMPTY], ids=["graded", "unreadable"])
@pytest.mark.parametrize(("name", "schema"), [("gradescope", GRADESCOPE), ("prairielearn", PRAIRIELEARN),
                                              ("classroom50", CLASSROOM50)])
def test_json_is_as_documented(name, schema, grade):
    check(json.loads(FORMATS[name](grade)), schema)


def test_the_schemas_can_refuse():
    results = json.loads(FORMATS["gradescope"](GRADE))
    for spoiled in ({**results, "score": "4"}, {**results, "other": 1}, {**results, "visibility": "shown"},
                    {**results, "tests": [{}]}):
        with pytest.raises(AssertionError):
            check(spoiled, GRADESCOPE)


def test_gradescope_has_scores_by_part_and_notes_for_the_teacher_alone():
    results = json.loads(FORMATS["gradescope"](GRADE))
    assert results["score"] == 4 and [test["score"] for test in results["tests"]] == [4, 0]
    assert results["extra_data"] == {"isolation": "namespaces", "notes": ["like the library"]}
    assert "like the library" not in json.dumps(results["tests"]) + results["output"]


def test_prairielearn_takes_shares_and_no_attempt_for_what_can_not_be_read():
    assert json.loads(FORMATS["prairielearn"](GRADE))["score"] == 4 / 6.5
    assert json.loads(FORMATS["prairielearn"](EMPTY)) == {"gradable": False, "format_errors": [EMPTY.problem]}


def test_the_last_line_for_autolab_has_the_scores_whatever_was_told():
    *told, scores = FORMATS["autolab"](GRADE).splitlines()
    assert json.loads(scores)["scores"] == {"layers.Linear.forward": 4.0, "layers.Linear.backward": 0.0}
    assert json.loads(told[-1])["_presentation"] == "semantic"
    assert not any(line.startswith("{") for line in told[:-1])


def test_classroom50_has_whole_numbers_and_whose_they_are(monkeypatch):
    for name in ("CLASSROOM", "ASSIGNMENT", "SUBMISSION_TAG", "COMMIT_URL", "RELEASE_URL"):
        monkeypatch.setenv(name, name.lower())
    results = json.loads(FORMATS["classroom50"](GRADE))
    assert (results["score"], results["max-score"]) == (8, 13)
    assert (results["classroom"], results["submission"]) == ("classroom", "submission_tag")
    assert results["review"] == results["commit"] == "commit_url"


def test_junit_is_xml_with_a_case_for_each_part():
    root = ElementTree.fromstring(FORMATS["junit"](GRADE, EMPTY))
    first, second = root.findall("testsuite")
    assert (first.get("tests"), first.get("failures")) == ("2", "1")
    assert [case.get("name") for case in first.findall("testcase")] == ["The way forward", "The way back"]
    assert "wrong" in first.findall("testcase")[1].find("failure").text
    assert second.find("system-err").text == "nothing that can be read"


def test_csv_has_a_row_for_each_submission_and_no_formulas():
    rows = list(csv.DictReader(io.StringIO(FORMATS["csv"](GRADE))))
    assert rows == [{"submission": "alice", "layers.Linear.forward": "4", "layers.Linear.backward": "0", "earned": "4",
                     "points": "6.5", "isolation": "namespaces", "problem": "", "notes": "like the library"}]
    assert "\n'=bob," in FORMATS["csv"](EMPTY)


def test_words_are_for_people():
    text = FORMATS["text"](GRADE)
    assert "alice: 4 of 6.5 points" in text and "    wrong" in text and "right\n" not in text


def test_formats_of_many_hold_none_too():
    assert all(isinstance(FORMATS[name](), str) for name in OF_MANY)


def interpreter_for(user, folder):
    """Return a python3 that a user may run, with the libraries of this one, as a command in a folder; None if none."""
    for python in (sys.executable, shutil.which(f"python3.{sys.version_info.minor}", path="/usr/bin")):
        libraries = os.pathsep.join([sysconfig.get_path("purelib"), "$PYTHONPATH"])
        command = folder / "python3"
        command.write_text(f'#!/bin/sh\nPYTHONPATH="{libraries}" exec "{python}" "$@"\n')
        command.chmod(0o755)
        if python and subprocess.run([command, "-c", "import numpy"], user=user, capture_output=True).returncode == 0:
            return command
    return None


@pytest.mark.long
@pytest.mark.skipif(sys.platform != "linux", reason="Gradescope is Linux")
@pytest.mark.parametrize("user", ["root", "nobody"])
def test_the_autograder_works_as_gradescope_lays_it_out(user):
    if os.geteuid() != 0:
        pytest.skip("only root can be root and nobody")
    number = 0 if user == "root" else 65534
    with tempfile.TemporaryDirectory(prefix="autograder-") as name:
        root = Path(name)
        root.chmod(0o755)
        built = build(load_assignment(HOSTILE / "hostile.yaml"))
        for path, data in autograder_files(built, "5ec4e7" * 10).items():
            file = root / "source" / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)
        shutil.copy(root / "source" / "run_autograder", root / "run_autograder")
        (root / "submission").mkdir()
        shutil.copy(HOSTILE / "task.py", root / "submission")
        (root / "results").mkdir()
        (root / "commands").mkdir()
        if interpreter_for(number, root / "commands") is None:
            pytest.skip(f"no Python here that {user} may run")
        for path in (root, *root.rglob("*")):
            os.chown(path, number, number)
        environment = {"PATH": f"{root / 'commands'}:/usr/bin:/bin", "AUTOGRADER_ROOT": name, "HOME": name}
        subprocess.run(["bash", root / "run_autograder"], cwd=root, user=number, group=number, extra_groups=[],
                       check=True, env=environment)
        results = json.loads((root / "results" / "results.json").read_text())
        check(results, GRADESCOPE)
        assert [test["score"] for test in results["tests"]] == [5, 0, 5]
        assert results["extra_data"]["isolation"] in ("user", "filter", "namespaces")
        assert sorted(path.name for path in (root / "results").iterdir()) == ["results.json"]
