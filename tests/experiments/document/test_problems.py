"""Problems: one line each with place, path and message; the exact line for each way to write a config wrong."""

import copy
from pathlib import Path

import pytest

from chainrule.experiments.document.problems import ConfigError, Position, Problem, explain_syntax, explain_unreadable
from chainrule.experiments.document.reading import MAX_PROBLEMS, parse_config
from chainrule.layers.core import ChainruleError


@pytest.mark.parametrize(("problem", "line"), [
    (Problem(Position("a.yaml", 14, 7), "model.2.Linear", "unknown key"), "a.yaml:14:7: model.2.Linear: unknown key"),
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


def message_of(text, file="f"):
    with pytest.raises(ConfigError) as caught:
        parse_config(text, file)
    return str(caught.value)


TAB = "a tab; YAML is laid out with spaces only"
SECOND_COLON = "a second ': ' in one value, or a line indented deeper than its neighbours; text with ': ' needs quotes"
NO_KEY = "expected 'key: value' or '- item', with a space behind the colon or dash"
MISFIT = "this does not fit what stands before it; check the indentation, the brackets and quotes"
BRACKET, QUOTE = "this bracket is never closed", "this quote is never closed"
COMMA = "a comma or the closing bracket is missing before this"
INITIAL = "text that begins with this character needs quotes"
ANCHOR = "text that begins with '*', '&' or '%' needs quotes"
TAG = "text that begins with '!' needs quotes"
ESCAPE = r"unknown escape; in double quotes write \\ for a backslash, or use single quotes"
TOP = "the top level must be a mapping, 'key: value' lines, got "
QUOTES = "put quotes around it"
OUT_OF_RANGE = "the escape or number behind this is out of range"

WRONG = [
    # indentation, tabs, colons
    ("a:\n\tb: 1", f"2:1: {TAB}"),
    ("a:\n  b: 1\n\tc: 2", f"3:1: {TAB}"),
    ("a:\t1", f"1:3: {TAB}"),
    ("\ta: 1", f"1:1: {TAB}"),
    ("a: 1\t# comment", f"1:5: {TAB}"),
    ("a: |\n  x\n\ty", f"3:1: {TAB}"),
    ("a: b: c", f"1:5: {SECOND_COLON}"),
    ("a: 1\n b: 2", f"2:3: {SECOND_COLON}"),
    ("a: 'b': c", f"1:7: {SECOND_COLON}"),
    ("a: 1\nb", f"2:1: {NO_KEY}"),
    ("a: 1\nb:2\nc: 3", f"2:1: {NO_KEY}"),
    ("a:\n- 1\n-2\nc: 3", f"3:1: {NO_KEY}"),
    ("a:\n  b: 1\n c: 2", f"3:2: {MISFIT}"),
    ("a:\n  - 1\n b: 2", f"3:2: {MISFIT}"),
    ("- 1\na: 2", f"2:1: {MISFIT}"),
    ("a: 1\n- 2", f"2:1: {MISFIT}"),
    (": 1", f"1:1: {MISFIT}"),
    ("a: - 1", "1:4: a list begins on the line below its key, or in brackets: [1, 2]"),
    ("a: ? b", "1:4: text that begins with '?' needs quotes"),
    # brackets and quotes
    ("x: 0\na: [1, 2", f"2:4: {BRACKET}"),
    ("x: 0\na: [", f"2:4: {BRACKET}"),
    ("a: {b: 1", f"1:4: {BRACKET}"),
    ("a: {b: [1}", f"1:10: {COMMA}"),
    ("a: {b: [1]", f"1:4: {BRACKET}"),
    ("a: [1, 2\nb: 3", f"2:2: {COMMA}"),
    ("a: {b: 1\nc: 2", f"2:2: {COMMA}"),
    ("a: [1\n---\n", f"2:1: {COMMA}"),
    ("a: [1]]", f"1:7: {MISFIT}"),
    ("a: [1] 2", f"1:8: {MISFIT}"),
    ("a: ]", "1:4: a value is missing before this"),
    ("a: [,]", "1:5: a value is missing before this"),
    ("a: 'x", f"1:4: {QUOTE}"),
    ('a: 1\nb: "x\nc: 2', f"2:4: {QUOTE}"),
    ("a: 'it's'", f"1:8: {MISFIT}"),
    ("a: 'x' y", f"1:8: {MISFIT}"),
    ("a: 'x\n---\n'", "2:1: a quote is never closed before this end of the document"),
    # characters
    ("a: @x", f"1:4: {INITIAL}"),
    ("a: `x`", f"1:4: {INITIAL}"),
    ("a: %x", f"1:4: {INITIAL}"),
    ("a: *.csv", f"1:5: {ANCHOR}"),
    ("a: &", f"1:5: {ANCHOR}"),
    ("a: |x\n b", "1:5: text that begins with '|' or '>' needs quotes"),
    (r'a: "C:\data"', f"1:8: {ESCAPE}"),
    (r'a: "\x4"', "1:7: not valid YAML: expected escape sequence of 2 hexadecimal numbers, but found '\"' "
                  "while scanning a double-quoted scalar"),
    (r'a: "\UFFFFFFFF"', f"1:2: {OUT_OF_RANGE}"),
    (r'a: "\U00110000"', f"1:2: {OUT_OF_RANGE}"),
    (r'a: "\ud800"', "1:4: a: an escape here is one half of a surrogate pair, which is no character"),
    (r'a: "\ude00\ud83d"', "1:4: a: an escape here is one half of a surrogate pair, which is no character"),
    ("a: \x01", "1:4: character U+0001 is not allowed"),
    ("a: 1\nb: x\0y", "2:5: character U+0000 is not allowed"),
    ("a: \x1b[31m", "1:4: character U+001B is not allowed"),
    ("a: \x7f", "1:4: character U+007F is not allowed"),
    ("a: 1\nb: c\u2028d", "2:5: character U+2028 is not allowed"),
    ("a: \x85", "1:4: character U+0085 is not allowed"),
    ("a: \ufeffb", "1:4: character U+FEFF is not allowed"),
    ("a: \udc80", "1:4: byte 0x80 is not UTF-8, which a config has to be"),
    ("a: \ud800", "1:4: character U+D800 is not allowed"),
    # numbers
    ("a: 1e999", "1:4: a: 1e999 is beyond the largest number, 1.8e308; infinity is written .inf"),
    ("a: [-1e400]", "1:5: a.0: -1e400 is beyond the largest number, 1.8e308; infinity is written .inf"),
    ("a: " + "9" * 101, "1:4: a: a number of more than 100 digits"),
    ("a: 0x" + "f" * 5000, "1:4: a: a number of more than 100 digits"),
    ("a: 0x" + "f" * 90, "1:4: a: a number of more than 100 digits"),
    # keys
    ("a: 1\nb: 2\na: 3", "3:1: a: duplicate key, first at f:1:1"),
    ("m:\n  - Linear: {n: 1, n: 2}", "2:20: m.0.Linear.n: duplicate key, first at f:2:14"),
    ("'a': 1\n\"a\": 2", "2:1: a: duplicate key, first at f:1:1"),
    ("1: 2", f"1:1: a key must be text, got the number 1; {QUOTES}"),
    ("a:\n  1.5: x", f"2:3: a: a key must be text, got the number 1.5; {QUOTES}"),
    ("true: 1", f"1:1: a key must be text, got true; {QUOTES}"),
    ("null: 1", f"1:1: a key must be text, got nothing; {QUOTES}"),
    ("1: {b: 1e999}", "1:8: 1.b: 1e999 is beyond the largest number, 1.8e308; infinity is written .inf\n"
                      f"f:1:1: a key must be text, got the number 1; {QUOTES}"),
    ("? \n: 1", "1:2: a key must be text, got nothing"),
    ("[1]: 2", "1:1: a key must be text, got a list"),
    ("? {b: 1}\n: 2", "1:3: a key must be text, got a mapping"),
    ("a: {{x}}", "1:5: a: a key must be text, got a mapping"),
    ("{a:1}", "1:2: a:1: a key without a value; the colon needs a space behind it"),
    ("a: {Adam:{lr:1e-3}}", "1:11: a.Adam.lr:1e-3: a key without a value; the colon needs a space behind it"),
    ("<<: {a: 1}", "1:1: YAML 1.2 has no merge key '<<'; write the keys out"),
    ("a: &x {p: 1}\nb: {<<: *x, q: 2}", "2:5: b: YAML 1.2 has no merge key '<<'; write the keys out"),
    # anchors and aliases
    ("a: *y", "1:4: a: unknown alias *y; text that begins with '*' needs quotes"),
    ("a: &block 1\nb: *blok",
     "2:4: b: unknown alias *blok; text that begins with '*' needs quotes – did you mean 'block'?"),
    ("a: *x\nb: &x 1", "1:4: a: unknown alias *x; text that begins with '*' needs quotes"),
    ("a: &x [*x]", "1:8: a.0: alias *x stands inside the block that it repeats"),
    ("a: &x {b: {c: *x}}", "1:15: a.b.c: alias *x stands inside the block that it repeats"),
    ("&x a: *x\n*x : 2", "2:1: a: duplicate key, first at f:1:1"),
    ("a: &x 1\nb: &x 2", "2:4: b: anchor &x again, first defined at f:1:4"),
    ("a: &x *x", f"1:7: {MISFIT}"),
    # tags
    ("a: !!str 1", f"1:4: a: tag '!!str' is not allowed; {TAG}"),
    ("a: !important 1", f"1:4: a: tag '!important' is not allowed; {TAG}"),
    ("a: ! 1", f"1:4: a: tag '!' is not allowed; {TAG}"),
    ("!!map {a: 1}", f"1:1: tag '!!map' is not allowed; {TAG}"),
    ("!!str a: 1", f"1:1: tag '!!str' is not allowed; {TAG}"),
    ("a: [1, !!set {b}]", f"1:8: a.1: tag '!!set' is not allowed; {TAG}"),
    ("a: !!python/name:os x", f"1:4: a: tag '!!python/name:os' is not allowed; {TAG}"),
    ("a: !<tag:yaml.org,2002:int> 1", f"1:4: a: tag '!!int' is not allowed; {TAG}"),
    ("a: !x!y z", f"1:4: tags are not allowed; {TAG}"),
    ("a: !<x", f"1:7: tags are not allowed; {TAG}"),
    # documents
    ("", f"1:1: {TOP}nothing"),
    ("# only a comment\n", f"1:1: {TOP}nothing"),
    ("---\n", f"2:1: {TOP}nothing"),
    ("a:1", f"1:1: {TOP}the text 'a:1'"),
    ("\n- 1", f"2:1: {TOP}a list"),
    ("5", f"1:1: {TOP}the number 5"),
    ("false", f"1:1: {TOP}false"),
    ("a: 1\n---\nb: 2", "2:1: a second document begins here; a config is one document"),
    ("---\n---\na: 1", "2:1: a second document begins here; a config is one document"),
    ("a: 1\n...\nb: 2", "3:1: the document ended before this; a config is one document"),
    ("%YAML 2.0\n---\na: 1", "1:1: not valid YAML: found incompatible YAML document (version 1.* is required)"),
    ("%YAML " + "9" * 5000 + ".1\n---\na: 1", f"1:1: {OUT_OF_RANGE}"),
]


@pytest.mark.parametrize(("text", "message"), WRONG)
def test_wrong_text_gives_one_line_with_the_place(text, message):
    assert message_of(text) == f"f:{message}"


def test_the_table_is_large_enough():
    assert len({text for text, _ in WRONG}) == len(WRONG) >= 60


def test_all_problems_come_at_once():
    text = "x: [1, !a 2]\ny: {1: 2, b: 1e999}\nx: 3\nz: *w\nlast: [1"
    assert message_of(text).splitlines() == [
        f"f:1:8: x.1: tag '!a' is not allowed; {TAG}",
        f"f:2:5: y: a key must be text, got the number 1; {QUOTES}",
        "f:2:14: y.b: 1e999 is beyond the largest number, 1.8e308; infinity is written .inf",
        "f:3:1: x: duplicate key, first at f:1:1",
        "f:4:4: z: unknown alias *w; text that begins with '*' needs quotes",
        f"f:5:7: {BRACKET}",
    ]
    lines = message_of("a: 1\n" * (MAX_PROBLEMS + 20)).splitlines()
    assert lines[MAX_PROBLEMS - 1] == f"f:{MAX_PROBLEMS + 1}:1: a: duplicate key, first at f:1:1"
    assert lines[MAX_PROBLEMS:] == [f"f:{MAX_PROBLEMS + 1}:1: the first {MAX_PROBLEMS} problems are enough"]
