"""Problems: one line each, in the order file:line:column, path, message."""

import copy
from pathlib import Path

import pytest

from chainrule.experiments.problems import ConfigError, Position, Problem, explain_syntax, explain_unreadable
from chainrule.layers.core import ChainruleError


@pytest.mark.parametrize(("problem", "line"), [
    (Problem(Position("a.yaml", 14, 7), "model.2.Linear.x", "unknown key"), "a.yaml:14:7: model.2.Linear.x: unknown key"),
    (Problem(Position("a.yaml", 14, 7), "", "a tab"), "a.yaml:14:7: a tab"),
    (Problem(Position("a.yaml"), "", "no such file"), "a.yaml: no such file"),
    (Problem(Position("--set 'a=1'"), "a", "unknown key"), "--set 'a=1': a: unknown key"),
    (Problem(None, "model", "too deep"), "model: too deep"),
    (Problem(None, "", "too deep"), "too deep"),
])
def test_a_problem_is_one_line(problem, line):
    assert str(problem) == line


def test_an_error_has_a_line_for_each_problem_and_is_copied_whole():
    error = ConfigError(Problem(Position("a.yaml", line, 1), "", "wrong") for line in (3, 5))
    assert isinstance(error, ChainruleError)
    assert isinstance(error, ValueError)
    for each in (error, copy.deepcopy(error)):
        assert str(each) == "a.yaml:3:1: wrong\na.yaml:5:1: wrong"
        assert [problem.where.line for problem in each.problems] == [3, 5]
    assert str(ConfigError.at(None, "a.b", "wrong")) == "a.b: wrong"


@pytest.mark.parametrize(("text", "place"), [
    ("", "f:1:1"), ("ab", "f:1:3"), ("ab\n", "f:2:1"), ("a\r\nbc", "f:2:3"), ("a\rb\r\r", "f:4:1"), ("ä€😀", "f:1:4"),
    ("a\u2028b\x85c", "f:1:6"),
])
def test_lines_and_columns_are_those_of_an_editor(text, place):
    assert str(Position("f", 1, 1).after(text)) == place
    assert str(Position("--set 'a=b'").after(text)) == "--set 'a=b'"


def test_an_unknown_syntax_error_is_passed_on():
    assert explain_syntax("found something new") == "not valid YAML: found something new"


def test_an_operating_system_error_is_passed_on():
    assert explain_unreadable(Path("nowhere.yaml"), OSError(5, "Input/output error")) == (
        "can not be read: Input/output error")
    assert explain_unreadable(Path("nowhere.yaml"), PermissionError(13, "no")) == "no permission to read this file"
