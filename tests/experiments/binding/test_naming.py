"""Names, and the arguments written behind them."""

import pytest

from chainrule.experiments import ConfigError, Position, parse_config
from chainrule.experiments.binding.naming import Place, blame, read_arguments, read_name
from chainrule.experiments.binding.registry import KINDS
from chainrule.experiments.binding.signatures import arguments_of
from chainrule.layers import Layer, Linear, ReLU
from chainrule.models import Residual, Sequential

HERE = Place(Position("c.yaml", 1, 1), "m")


def node(text):
    return parse_config(f"m: {text}", "c.yaml").value["m"].node


def test_paths_grow_to_the_right():
    assert HERE.below("Linear") == "m.Linear"
    assert HERE._replace(path="").below("model") == "model"


@pytest.mark.parametrize(("text", "position", "arguments"), [
    ("ReLU", "c.yaml:1:4", None), ("{ReLU: 3}", "c.yaml:1:5", 3), ("{ReLU: {a: 1}}", "c.yaml:1:5", {"a": 1})])
def test_a_name_stands_alone_or_before_its_arguments(text, position, arguments):
    function, place, found = read_name(node(text), KINDS[Layer], "m")
    assert function is ReLU
    assert (str(place.where), place.path, found.plain()) == (position, "m.ReLU", arguments)


@pytest.mark.parametrize(("text", "hint"), [
    ("Rleu", " – did you mean 'ReLU'?"), ("Adam", "; that is of the kind optimizer"), ("Zzz", "; none of the ")])
def test_an_unknown_name_comes_with_what_may_have_been_meant(text, hint):
    with pytest.raises(ConfigError) as caught:
        read_name(node(text), KINDS[Layer], "m")
    assert str(caught.value).startswith(f"c.yaml:1:4: m.{text}: unknown layer{hint}")


@pytest.mark.parametrize(("function", "text", "names"), [
    (Linear, "[3, 2]", ["in_features", "out_features"]),
    (Linear, "{out_features: 2, in_features: 3}", ["out_features", "in_features"]),
    (Sequential, "[ReLU, ReLU]", ["layers"]),
    (Sequential, "ReLU", ["layers"]),
    (Sequential, "null", []),
    (Residual, "ReLU", ["branch"])])
def test_arguments_have_their_names_however_they_are_written(function, text, names):
    entries, problems = read_arguments(node(text), arguments_of(function), HERE)
    assert list(entries) == names
    assert problems == []


def test_a_misspelt_argument_is_not_missed_as_well():
    entries, problems = read_arguments(node("{in_features: 3, out_featurs: 2, bais: true}"), arguments_of(Linear), HERE)
    assert list(entries) == ["in_features"]
    assert [str(problem) for problem in problems] == [
        "c.yaml:1:21: m.out_featurs: unknown key – did you mean 'out_features'?",
        "c.yaml:1:37: m.bais: unknown key – did you mean 'bias'?"]


def test_an_error_is_said_at_the_argument_that_it_mentions_first():
    entries, _ = read_arguments(node("{in_features: 3, out_features: 2}"), arguments_of(Linear), HERE)
    assert str(blame(ValueError("expected out_features above in_features"), entries, HERE)) == (
        "c.yaml:1:35: m.out_features: expected out_features above in_features")
    assert str(blame(ValueError("too large"), entries, HERE)) == "c.yaml:1:1: m: too large"
