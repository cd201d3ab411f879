"""Overrides: ``--set path=value`` changes a copy of the tree, its value is read as YAML, its errors name the option."""

import copy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule.experiments.binding.overrides import apply_overrides, position_of
from chainrule.experiments.document.problems import ConfigError, Position
from chainrule.experiments.document.reading import MAX_DEPTH, parse_config
from chainrule.experiments.document.writing import dump

TEXT = """\
task: supervised
training: {epochs: 3}
model:
  - Flatten
  - Linear: {in_features: 64, out_features: 10}
  - ReLU:
schedule:
"""


def changed(*overrides, text=TEXT):
    return apply_overrides(parse_config(text, "run.yaml"), overrides)


@pytest.mark.parametrize(("override", "path", "value"), [
    ("training.epochs=5", ["training", "epochs"], 5),
    ("training.epochs = 5", ["training", "epochs"], 5),
    ("optimizer.Adam.lr=1e-3", ["optimizer", "Adam", "lr"], 0.001),
    ("model.1.Linear.out_features=0x40", ["model", 1, "Linear", "out_features"], 64),
    ("model.2.ReLU.inplace=true", ["model", 2, "ReLU", "inplace"], True),
    ("model.0={Linear: {in_features: 3}}", ["model", 0], {"Linear": {"in_features": 3}}),
    ("model=[Flatten, {ReLU: }]", ["model"], ["Flatten", {"ReLU": None}]),
    ("training={}", ["training"], {}),
    ("schedule.StepLR.gamma=.5", ["schedule", "StepLR", "gamma"], 0.5),
    ("task=", ["task"], None),
    ("task='5'", ["task"], "5"),
    ("task=no", ["task"], "no"),
    ("task=12:30", ["task"], "12:30"),
    ("task=a=b", ["task"], "a=b"),
    ("task=a.b: [1]", ["task"], {"a.b": [1]}),
    ("new=[1, 2]", ["new"], [1, 2]),
    ("training.new.deep=x", ["training", "new", "deep"], "x"),
])
def test_one_value_changes_and_nothing_else(override, path, value):
    root = parse_config(TEXT, "run.yaml")
    before = copy.deepcopy(root)
    expected = here = root.plain()
    for part in path[:-1]:
        if isinstance(here, dict) and here.get(part) is None:
            here[part] = {}
        here = here[part]
    here[path[-1]] = value
    assert apply_overrides(root, [override]).plain() == expected
    assert root == before


@pytest.mark.parametrize(("text", "override", "value"), [
    ("[{Linear: [64, 32]}]", "m.0.Linear.out_features=8", [{"Linear": {"in_features": 64, "out_features": 8}}]),
    ("[{Linear: [64, 32]}]", "m.0.Linear.bias=false",
     [{"Linear": {"in_features": 64, "out_features": 32, "bias": False}}]),
    ("[{Linear: [64, 32]}]", "m.0.Linear.1=8", [{"Linear": [64, 8]}]),
    ("[{Linear: {in_features: 3}}]", "m.0.Linear.out_features=8", [{"Linear": {"in_features": 3, "out_features": 8}}]),
    ("{Dropout: 0.1}", "m.Dropout.p=0.5", {"Dropout": {"p": 0.5}}),
    ("Adam", "m.Adam.lr=0.5", {"Adam": {"lr": 0.5}}),
    ("[Flatten, ReLU]", "m.0.Flatten.start_dim=2", [{"Flatten": {"start_dim": 2}}, "ReLU"]),
    ("{StepLR: 3}", "m.StepLR.gamma=0.5", {"StepLR": {"step_size": 3, "gamma": 0.5}}),
])
def test_arguments_go_by_name_however_they_are_written(text, override, value):
    assert changed(override, text=f"m: {text}").plain() == {"m": value}


def test_later_ones_win_and_new_places_are_the_option():
    root = changed("training.epochs=5", "optimizer.SGD.lr=1", "optimizer.SGD.lr=2", "training.epochs=7")
    assert root.plain()["training"] == {"epochs": 7}
    assert root.plain()["optimizer"] == {"SGD": {"lr": 2}}
    assert str(position_of(root, "training.epochs")) == "--set 'training.epochs=7'"
    assert str(position_of(root, "training.epochs", key=True)) == "run.yaml:2:12"
    assert str(position_of(root, "optimizer.SGD", key=True)) == "--set 'optimizer.SGD.lr=1'"
    assert str(position_of(root, "training", key=True)) == "run.yaml:2:1"
    assert apply_overrides(root, []) is root


def test_a_repeated_block_changes_in_one_place():
    root = changed("b.0.x=2", text="a: &block [{x: 1}]\nb: *block")
    assert root.plain() == {"a": [{"x": 1}], "b": [{"x": 2}]}


PATH = "expected path=value with a path such as training.epochs"


@pytest.mark.parametrize(("override", "message"), [
    ("training.epochs", PATH),
    ("", PATH),
    ("=5", PATH),
    (" =5", PATH),
    ("training..epochs=5", PATH),
    (".training=5", PATH),
    ("training.=5", PATH),
    ("model.3=ReLU", "model: a list of 3 items has no item '3'; the first is 0"),
    ("model.-1=ReLU", "model: a list of 3 items has no item '-1'; the first is 0"),
    ("model.01.Linear=1", "model: a list of 3 items has no item '01'; the first is 0"),
    ("model.Linear.out_features=1", "model: a list of 3 items has no item 'Linear'; the first is 0"),
    ("task.name=5", "task: the text 'supervised' has nothing called 'name' inside; set task itself"),
    ("training.epochs.x.y=5",
     "training.epochs: the number 3 has nothing called 'x' inside; set training.epochs itself"),
    ("model.0.Flaten.start_dim=2",
     "model.0: the text 'Flatten' has nothing called 'Flaten' inside; set model.0 itself"),
    ("a=[1, 2", "this bracket is never closed"),
    ("a='x", "this quote is never closed"),
    ("a=@x", "text that begins with this character needs quotes"),
    ("a=b: c: d",
     "a second ': ' in one value, or a line indented deeper than its neighbours; text with ': ' needs quotes"),
    ("a.b={x: 1, x: 2}", "a.b.x: duplicate key, first at --set 'a.b={x: 1, x: 2}'"),
    ("a={Adam:{lr:1}}", "a.Adam.lr:1: a key without a value; the colon needs a space behind it"),
    ("a=!!python/name:os x", "a: tag '!!python/name:os' is not allowed; text that begins with '!' needs quotes"),
    ("a=*x", "a: unknown alias *x; text that begins with '*' needs quotes"),
    ("a=012", "a: 012 begins with 0, which some programs read as octal; write 12, or '012' with its quotes for text"),
    ("a=1e999", "a: 1e999 is beyond the largest number, 1.8e308; infinity is written .inf"),
    ("a=\0", "character U+0000 is not allowed"),
    ("a=\udce9", "byte 0xe9 is not UTF-8, which a config has to be"),
])
def test_a_wrong_override_names_the_option(override, message):
    with pytest.raises(ConfigError) as caught:
        changed(override)
    assert str(caught.value) == f"--set {override!r}: {message}"


def test_all_wrong_overrides_come_at_once_and_long_ones_are_cut():
    long = "task.x=" + "y" * 100
    with pytest.raises(ConfigError) as caught:
        changed("model.9=1", "training.epochs=4", "nonsense", long, ".".join("a" * (MAX_DEPTH + 1)) + "=1")
    assert str(caught.value).splitlines() == [
        "--set 'model.9=1': model: a list of 3 items has no item '9'; the first is 0",
        f"--set 'nonsense': {PATH}",
        f"--set 'task.x={'y' * 70}...': task: the text 'supervised' has nothing called 'x' inside; set task itself",
        f"--set 'a{'.a' * 38}...': {PATH}",
    ]


@pytest.mark.parametrize(("path", "value", "key"), [
    ("task", "1:7", "1:1"),
    ("training.epochs", "2:20", "2:12"),
    ("model", "4:3", "3:1"),
    ("model.1", "5:5", "5:5"),
    (["model", 1, "Linear", "out_features"], "5:45", "5:31"),
    (("model", "1", "Linear"), "5:13", "5:5"),
    ("model.2.ReLU", "6:10", "6:5"),
    ("model.2.ReLU.inplace", "6:5", "6:5"),
    ("model.1.Linear.bias", "5:5", "5:5"),
    ("model.7.Linear", "3:1", "3:1"),
    ("model.Linear", "3:1", "3:1"),
    ("task.x.y", "1:1", "1:1"),
    ("loss", "1:1", "1:1"),
    ([], "1:1", "1:1"),
])
def test_positions_of_paths(path, value, key):
    root = parse_config(TEXT, "f")
    assert str(position_of(root, path)) == f"f:{value}"
    assert str(position_of(root, path, key=True)) == f"f:{key}"


@settings(deadline=None)
@given(st.text(max_size=30), st.text("ab.=:{}[], '\"0", max_size=30))
def test_any_option_is_applied_or_refused(value, override):
    for each in (f"task={value}", override):
        problems = ()
        try:
            root = changed(each)
        except ConfigError as error:
            problems = error.problems
        assert all(str(problem).startswith("--set ") for problem in problems)
        if not problems:
            assert repr(parse_config(dump(root.plain())).plain()) == repr(root.plain())


def test_the_origin_of_a_value_without_lines():
    root = changed("a={b: [1]}")
    assert position_of(root, "a.b.0") == Position("--set 'a={b: [1]}'")
