"""Reading YAML: the scalars of 1.2, limits, files, positions, any text at all."""

import contextlib
import json
import math
import os
import time
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule.experiments.document.problems import ConfigError, Position
from chainrule.experiments.document.reading import (
    MAX_BYTES,
    MAX_DEPTH,
    MAX_NODES,
    parse_config,
    parse_value,
    read_config,
)
from chainrule.experiments.document.writing import dump


def value_of(text):
    return parse_value(text, Position("f", 1, 1)).plain()


def message_of(text, file="f"):
    with pytest.raises(ConfigError) as caught:
        parse_config(text, file)
    return str(caught.value)


# YAML 1.2.2, section 10.3.2, and what YAML 1.1 reads otherwise
SCALARS = [
    ("", None), ("~", None), ("null", None), ("Null", None), ("NULL", None), ("nULL", "nULL"), ("None", "None"),
    ("true", True), ("True", True), ("TRUE", True), ("false", False), ("False", False), ("FALSE", False),
    ("tRUE", "tRUE"), ("yes", "yes"), ("Yes", "Yes"), ("no", "no"), ("NO", "NO"), ("on", "on"), ("off", "off"),
    ("y", "y"), ("n", "n"),
    ("0", 0), ("-0", 0), ("7", 7), ("+12", 12), ("-19", -19),
    ("0o17", 15), ("0o0", 0), ("0x1F", 31), ("0xdeadBEEF", 3735928559), ("9007199254740993", 9007199254740993),
    ("0o8", "0o8"), ("-0x1F", "-0x1F"), ("+0o7", "+0o7"), ("0X1F", "0X1F"), ("0b11", "0b11"), ("1_000", "1_000"),
    ("1,000", "1,000"), ("٣", "٣"), ("½", "½"), ("1 2", "1 2"), ("- ", [None]), ("-", [None]), ("+", "+"),
    ("--1", "--1"),
    ("1e-3", 0.001), ("1E5", 100000.0), ("1e5", 100000.0), ("1e+5", 100000.0), (".5", 0.5), ("-.5", -0.5),
    ("+.5e1", 5.0), ("1.", 1.0), ("1.e2", 100.0), ("0.", 0.0), ("-0.0", -0.0), ("3.14", 3.14), ("012.5", 12.5),
    ("685.230_15", "685.230_15"),
    ("6.8523015e+5", 685230.15), ("1e", "1e"), ("e5", "e5"), (".", "."), (".e1", ".e1"), ("1.2.3", "1.2.3"),
    ("1e1.5", "1e1.5"), ("12:30", "12:30"), ("190:20:30", "190:20:30"), ("2001-12-14", "2001-12-14"),
    (".inf", math.inf), ("+.Inf", math.inf), ("-.INF", -math.inf), (".nan", math.nan), (".NaN", math.nan),
    (".NAN", math.nan), ("-.nan", "-.nan"), ("inf", "inf"), ("nan", "nan"), ("infinity", "infinity"), (".iNF", ".iNF"),
    ("=", "="), ("<<", "<<"), ("'1'", "1"), ('"1e-3"', "1e-3"), ("'~'", "~"), ('""', ""), ("''", ""),
    ('"true"', "true"),
    ("'it''s'", "it's"), (r'"\x41\u00e9\U0001F600"', "Aé😀"), (r'"\ud83d\ude00"', "😀"), ("|\n  1\n  2", "1\n2"),
    (">\n 5", "5"), ("1\n 2", "1 2"), ("a # comment", "a"), ("a#b", "a#b"), ("http://x.y/z", "http://x.y/z"),
]


@pytest.mark.parametrize(("text", "value"), SCALARS)
def test_scalars_are_those_of_yaml_1_2(text, value):
    assert repr(value_of(text)) == repr(value)      # tells 1 from 1.0 and True, and lets NaN equal NaN


def test_collections_and_anchors():
    text = "a: [1, {b: 2, c: [3]}]\nd: &x {e: {}}\nf: *x\ng:\n- 1\n- - 2\n  - h: 3\n"
    assert value_of(text) == {"a": [1, {"b": 2, "c": [3]}], "d": {"e": {}}, "f": {"e": {}}, "g": [1, [2, {"h": 3}]]}
    assert value_of('{"a":1,"b":[2]}') == {"a": 1, "b": [2]}
    assert value_of("no: 1\non: 2\n12:30: 3\n'<<': 4\n? a\n: 5") == {"no": 1, "on": 2, "12:30": 3, "<<": 4, "a": 5}
    assert value_of("---\na: 1\n...\n") == {"a": 1}


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_line_endings_and_byte_order_marks_move_nothing(ending, mark):
    assert message_of(mark + ending.join(["a: 1", "b: ü😀", "  ", "a: 2"])) == "f:4:1: a: duplicate key, first at f:1:1"
    assert parse_config(f"{mark}a: 1", "f").value["a"].node.position == Position("f", 1, 4)


# limits

def test_depth_is_limited_also_through_aliases():
    assert value_of("[" * MAX_DEPTH + "1" + "]" * MAX_DEPTH)
    deeper = f"nested deeper than {MAX_DEPTH} levels"
    assert message_of("a: " + "[" * 20_000) == f"f:1:{4 + MAX_DEPTH}: {deeper}"
    assert message_of("a: " + "{" * 20_000) == f"f:1:{4 + MAX_DEPTH}: {deeper}"
    assert message_of("- " * 20_000) == f"f:1:{2 * MAX_DEPTH + 3}: {deeper}"
    half = MAX_DEPTH // 2
    chain = f"a: &a {'[' * half}{']' * half}\nb: {'[' * half}*a{']' * half}"
    assert parse_config(chain)
    assert message_of(chain.replace("*a", "[*a]")) == f"f:2:{5 + half}: {deeper}"
    doubled = "a0: &a0 [1]\n" + "".join(f"a{i}: &a{i} [*a{i - 1}]\n" for i in range(1, 2000))
    assert message_of(doubled).endswith(deeper)


def test_nodes_are_limited_with_aliases_written_out():
    bomb = "a0: &a0 [x]\n" + "".join(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 40))
    assert message_of(bomb) == f"f:5:35: more than {MAX_NODES} keys and values, with every alias written out"
    assert len(value_of("- 1\n" * (MAX_NODES - 1))) == MAX_NODES - 1
    assert message_of("- 1\n" * MAX_NODES) == (
        f"f:{MAX_NODES}:3: more than {MAX_NODES} keys and values, with every alias written out")


@pytest.mark.parametrize("text", [
    "[" * 10**5, "- " * 50_000, "a: {b" * 10**5, ":" * 10**5, "&a " * 30_000, "!" * 10**5, "a: '" + "''" * 50_000,
    '"' + "\\n" * 10**5, "a: 1." + "1" * 10**5 + "x", "".join(f"a{i}: &a{i} *b{i}\n" for i in range(10**4)),
], ids=lambda text: text[:6])
def test_large_nonsense_ends_soon(text):
    began = time.perf_counter()
    with contextlib.suppress(ConfigError):
        parse_config(text)
    assert time.perf_counter() - began < 5


def test_nothing_runs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(os, "system", lambda command: pytest.fail("ran a command"))
    for tag in ("object/apply:os.system", "object/new:os.system", "object:os.system", "name:os.system", "module:os"):
        for text in (f"a: !!python/{tag} [touch here]", f"!!python/{tag} [touch here]: 1",
                     f"%TAG ! tag:yaml.org,2002:python/\n---\na: !{tag} ['touch here']"):
            assert "is not allowed" in message_of(text)
    assert list(tmp_path.iterdir()) == []


# files

def test_a_file_is_read(tmp_path):
    path = tmp_path / "run.yaml"
    path.write_bytes("\ufefftask: supervised\r\nname: é\r\n".encode())
    root = read_config(str(path))
    assert root.plain() == {"task": "supervised", "name": "é"}
    assert root.value["name"].node.position == Position(str(path), 2, 7)


@pytest.mark.parametrize(("content", "message"), [
    (b"", ":1:1: the top level must be a mapping, 'key: value' lines, got nothing"),
    (b"a: 1\nb: caf\xe9", ":2:7: byte 0xe9 is not UTF-8, which a config has to be"),
    ("a: ü\n".encode("utf-16"), ":1:1: byte 0xff is not UTF-8, which a config has to be"),
    (b"\xef\xbb\xbfa: \xed\xa0\x80", ":1:4: byte 0xed is not UTF-8, which a config has to be"),
    (b"a: 1\n\n" + b"#" * MAX_BYTES, f": larger than {MAX_BYTES} bytes, which no config should be"),
    (b"a: \x00", ":1:4: character U+0000 is not allowed"),
    (bytes(range(256)), ":1:1: character U+0000 is not allowed"),
])
def test_a_file_with_wrong_content(tmp_path, content, message):
    path = tmp_path / "run.yaml"
    path.write_bytes(content)
    with pytest.raises(ConfigError) as caught:
        read_config(path)
    if content != bytes(range(256)):
        assert str(caught.value) == f"{path}{message}"


def test_a_missing_file_names_the_nearest(tmp_path):
    for name in ("digits_mlp.yaml", "digits_cnn.yml", "digits_mpl.txt", "notes.txt"):
        (tmp_path / name).write_text("a: 1")
    expected = {
        "digits_mpl.yaml": "no such file – did you mean 'digits_mlp.yaml'?",
        "digits_cnn.yaml": "no such file – did you mean 'digits_cnn.yml'?",
        "xyz.yaml": "no such file",
        "notes.yaml": "no such file",
        "nowhere/xyz.yaml": f"no such file; there is no folder {str(tmp_path / 'nowhere')!r}",
        ".": "is a folder, not a config file",
        "a\0b": "can not be read: embedded null byte",
    }
    for name, message in expected.items():
        with pytest.raises(ConfigError) as caught:
            read_config(tmp_path / name)
        assert str(caught.value) == f"{tmp_path / name}: {message}"


def test_a_file_without_permission(tmp_path, monkeypatch):
    def refuse(path, mode):
        raise PermissionError(13, "Permission denied", str(path))
    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(ConfigError, match=r"run\.yaml: no permission to read this file$"):
        read_config(tmp_path / "run.yaml")


# any text at all

INDICATORS = st.text("ab1 \n-:?,[]{}#&*!|>'\"%@`<~.\\\t\r", max_size=40)
LINES = st.lists(max_size=9, elements=st.sampled_from([
    "a: 1", "b:", "  c: [1, 2]", "  - x", "- y", "&x", "*x", "'q", "# c", "---", "g: *y", "{", "}", "d: &y {e: f}",
    "  ", "\t", "h: |", "   text", "<<: *y"])).map("\n".join)


def outline(value):
    if isinstance(value, dict):
        return {key: outline(inner) for key, inner in value.items()}
    return [outline(inner) for inner in value] if isinstance(value, list) else None


@settings(deadline=None, max_examples=250)
@given(INDICATORS | LINES | st.text(max_size=40))
def test_any_text_is_read_or_refused(text):
    problems = ()
    try:
        plain = value_of(text)
    except ConfigError as error:
        problems = error.problems
    assert all(problem.where.line >= 1 and problem.where.column >= 1 for problem in problems)
    if not problems:
        assert repr(value_of(dump(plain))) == repr(plain)
        assert outline(plain) == outline(yaml.load(text, yaml.BaseLoader))      # PyYAML's own tree


def lists_and_dictionaries(inner):
    return st.lists(inner, max_size=3) | st.dictionaries(st.integers(), inner, max_size=3)


@settings(deadline=None)
@given(st.recursive(st.just("leaf"), lists_and_dictionaries, max_leaves=9), st.booleans())
def test_every_position_points_at_its_text(shape, braces):
    numbers = iter(range(10**6))

    def named(value):       # every key and leaf gets a text of its own
        if isinstance(value, dict):
            return {f"k{next(numbers)}_": named(inner) for inner in value.values()}
        return [named(inner) for inner in value] if isinstance(value, list) else f"v{next(numbers)}_"

    def check(node):
        found = [(node.position, node.value)] if isinstance(node.value, str) else []
        if isinstance(node.value, dict):
            found = [(entry.key_position, name) for name, entry in node.value.items()]
        for position, name in found:
            assert lines[position.line - 1][position.column - 1:].startswith(name)
        for child in node.children():
            check(child)

    plain = {"top": named(shape)}
    text = json.dumps(plain, indent=3).replace('"', "") if braces else dump(plain)
    lines = text.splitlines()
    assert parse_config(text).plain() == plain
    check(parse_config(text))
