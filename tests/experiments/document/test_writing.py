"""Writing YAML: what is written is read back, by this package and by a reader of YAML 1.1."""

import json
from pathlib import Path

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from chainrule.experiments.document.problems import ConfigError, Position
from chainrule.experiments.document.reading import parse_value
from chainrule.experiments.document.writing import dump

TRICKY = ["", "~", "null", "true", "yes", "No", "on", "y", "0", "-0", "+12", "012", "08", "0o17", "0x1F", "0b11",
          "1_000", "1e-3", "1E5", ".5", "1.", "685.230_15", "12:30", "190:20:30", "2001-12-14", ".inf", "-.INF", ".nan",
          "=", "<<", "'1'", '""', "- ", "-", "+", "|", ">", "a # b", "a: b", "*a", "&a", "!a", "%a", "@a", "`a", "? a",
          "{", "]"]


def value_of(text):
    return parse_value(text, Position("f", 1, 1)).plain()


SHARED = [1, 2]


@pytest.mark.parametrize(("plain", "text"), [
    ({"lr": 1e-3, "small": 1e-5, "large": 1e22, "half": 0.5, "one": 1.0, "none": None, "yes": True},
     "lr: 0.001\nsmall: 1.0e-05\nlarge: 1.0e+22\nhalf: 0.5\none: 1.0\nnone: null\n'yes': true\n"),
    ({"model": [{"Linear": {"in": 3, "out": 4}}, {"ReLU": {}}, "Flatten"], "sizes": [1, 2], "empty": []},
     "model:\n- Linear: {in: 3, out: 4}\n- ReLU: {}\n- Flatten\nsizes: [1, 2]\nempty: []\n"),
    ({"texts": ["no", "1e-3", "012", "12:30", "0o17", "1_0", ".inf", "~", "", " a", "<<", "a b", "ü"], "lines": "a\nb"},
     "texts: ['no', '1e-3', '012', '12:30', '0o17', '1_0', '.inf', '~', '', ' a', '<<', a b, ü]\n"
     'lines: "a\\nb"\n'),
    ({"a": SHARED, "b": SHARED}, "a: [1, 2]\nb: [1, 2]\n"),
    ({}, "{}\n"),
])
def test_the_written_text(plain, text):
    assert dump(plain) == text


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-10**99 + 1, 10**99) | st.floats() | st.text(max_size=300)
    | st.sampled_from(TRICKY)
    | st.text("-+.eE0123456789xo:_ ~nyf<=!&*#|>@`%'\"{}[],?\\\t\n\r\x85\u2028\ufeff😀", max_size=9),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner, max_size=4)
    | st.dictionaries(st.sampled_from(TRICKY), inner, max_size=4), max_leaves=12)


@settings(deadline=None, max_examples=200)
@given(PLAIN)
@example([SHARED, SHARED])
@example("a " * 200)
@example(" \n" + "word " * 60)
def test_what_is_written_is_read_back(plain):
    text = dump(plain)
    assert repr(value_of(text)) == repr(plain)
    assert repr(yaml.safe_load(text)) == repr(plain)       # another reader, of YAML 1.1


@settings(deadline=None)
@given(PLAIN)
def test_json_is_read_too(plain):
    if "Infinity" not in (text := json.dumps(plain)) and "NaN" not in text:
        assert value_of(text) == plain


@pytest.mark.parametrize("plain", [{1, 2}, b"x", {1: 2}, {"a": [object]}, {"a": {None: 1}}, 1j, Path("x")])
def test_only_plain_values_are_written(plain):
    with pytest.raises(ConfigError, match=r"^can not be written as YAML: "):
        dump(plain)
