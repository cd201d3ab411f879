"""Plain values against annotations: what fits, what it becomes, and the words for what does not."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Literal

import pytest

from chainrule.experiments import ConfigError, parse_config
from chainrule.experiments.binding.values import expected, is_plain, members, parse
from chainrule.layers.core import Count, OneOf, Positive, Share, Size, Within


def node(text):
    return parse_config(f"key: {text}", "c.yaml").value["key"].node


FITTING = [
    ("3", int, 3),
    ("3", float, 3.0),
    ("1e-3", float, 0.001),
    (".inf", float, float("inf")),
    ("true", bool, True),
    ("no", str, "no"),
    ("null", int | None, None),
    ("7", int | None, 7),
    ("[3, 5]", tuple[int, int], (3, 5)),
    ("[3, 5, 8]", tuple[int, ...], (3, 5, 8)),
    ("[3, 5]", int | tuple[int, int], (3, 5)),
    ("4", int | tuple[int, int], 4),
    ("[1, 2.5]", Sequence[float], [1.0, 2.5]),
    ("{a: 1}", dict[str, int], {"a": 1}),
    ("mean", Literal["mean", "sum"], "mean"),
    ("tanh", Annotated[str, OneOf("none", "tanh")], "tanh"),
    ("1", Size, 1),
    ("[0, 2]", Count | tuple[Count, ...], (0, 2)),
    (".inf", Positive, float("inf")),
    ("same", int | tuple[int, int] | str, "same"),
]


@pytest.mark.parametrize(("text", "annotation", "value"), FITTING)
def test_what_fits_becomes_the_value_of_the_annotation(text, annotation, value):
    found = parse(node(text), annotation, "key")
    assert found == value
    assert type(found) is type(value)


MISFITS = [
    ("3.5", int, "expected a whole number, got the number 3.5"),
    ("3.0", int, "expected a whole number, got the number 3.0; write 3"),
    ("true", int, "expected a whole number, got true"),
    ("true", float, "expected a number, got true"),
    ("1", bool, "expected true or false, got the number 1"),
    ("yes", bool, "expected true or false, got the text 'yes'; write true"),
    ("3", str, "expected text, got the number 3"),
    ("null", int, "expected a whole number, got nothing"),
    ("'1e-3'", float, "expected a number, got the text '1e-3'; a number stands without quotes"),
    ("[3]", tuple[int, int], "expected a list of 2 whole numbers, got the list [3]"),
    ("abc", Sequence[int], "expected a list of whole numbers, got the text 'abc'"),
    ("maen", Literal["mean", "sum"], "expected mean or sum, got the text 'maen' – did you mean 'mean'?"),
    ("1e3", int, "expected a whole number, got the number 1000.0; write 1000"),
    ("1_000", int | None, "expected a whole number or nothing, got the text '1_000'; write 1000"),
    ("12:30", float, "expected a number, got the text '12:30'"),
    ("No", bool | None, "expected true or false or nothing, got the text 'No'; write false"),
    ("None", int | None, "expected a whole number or nothing, got the text 'None'; write null"),
    ("0", Size, "expected a whole number of at least 1, got the number 0"),
    ("3.5", Size | None, "expected a whole number of at least 1 or nothing, got the number 3.5"),
    ("1.5", Share, "expected a number in [0, 1], got the number 1.5"),
    (".nan", Share, "expected a number in [0, 1], got the number nan"),
    ("0", Positive, "expected a number above 0, got the number 0"),
    (".inf", Annotated[float, Within(0, open_high=True)], "expected a number of at least 0 and finite, got the number "
                                                          "inf"),
    ("tahn", Annotated[str, OneOf("no", "tanh")], "expected no or tanh, got the text 'tahn' – did you mean 'tanh'?"),
    ("[1, 2]", float | None, "expected a number or nothing, got the list [1, 2]"),
]


@pytest.mark.parametrize(("text", "annotation", "words"), MISFITS)
def test_what_does_not_fit_is_refused_in_words_at_its_place(text, annotation, words):
    with pytest.raises(ConfigError) as caught:
        parse(node(text), annotation, "some.key")
    assert str(caught.value) == f"c.yaml:1:6: some.key: {words}"


@pytest.mark.parametrize(("text", "annotation", "words"), [
    ("{a: b}", Mapping[str, int], "10: some.key.a: expected a whole number, got the text 'b'"),
    ("[1, a]", int | tuple[int, int], "10: some.key.1: expected a whole number, got the text 'a'"),
    ("[3, -1]", Count | tuple[Count, ...], "10: some.key.1: expected a whole number of at least 0, got the number -1"),
    ("[[1, 2], [3, x]]", Sequence[Sequence[float]], "19: some.key.1.1: expected a number, got the text 'x'")])
def test_items_are_refused_at_their_own_places(text, annotation, words):
    with pytest.raises(ConfigError) as caught:
        parse(node(text), annotation, "some.key")
    assert str(caught.value) == f"c.yaml:1:{words}"


def test_long_lists_are_not_repeated_in_messages():
    with pytest.raises(ConfigError, match=r"got a list$"):
        parse(node(str(list(range(50)))), int, "key")


def test_plain_annotations_hold_no_class():
    assert all(is_plain(annotation) for _, annotation, _ in FITTING)
    assert not any(map(is_plain, (object, tuple[object, int], Sequence[object])))


def test_members_are_the_alternatives():
    assert members(int | None) == (int, type(None))
    assert members(list[int]) == (list[int],)


def test_alternatives_that_sound_the_same_are_said_once():
    assert expected(tuple[int, int] | Sequence[int]) == "a list of 2 whole numbers or a list of whole numbers"
    assert expected(tuple[int, ...] | list[int]) == "a list of whole numbers"
