"""What a config may set of a constructor."""

from collections.abc import Callable, Iterable, Sequence

import numpy as np

from chainrule.experiments.binding.registry import KINDS
from chainrule.experiments.binding.signatures import arguments_of, out_of_reach
from chainrule.layers import Layer, Linear
from chainrule.layers.core import Size
from chainrule.models import Sequential
from chainrule.optim import Adam


def test_names_and_need_come_from_the_signature():
    found = arguments_of(Linear)
    assert [(name, argument.annotation, argument.required) for name, argument in found.items()] == [
        ("in_features", Size, True), ("out_features", Size, True), ("bias", bool, False)]


def test_a_starred_argument_takes_all_items():
    argument = arguments_of(Sequential)["layers"]
    assert argument.variadic
    assert not argument.required


def test_parameters_are_for_the_program_to_give():
    assert "params" not in arguments_of(Adam)
    assert "lr" in arguments_of(Adam)


def test_what_yaml_can_not_write_is_left_out():
    def function(a: Sequence[float] | np.ndarray | None, b: np.ndarray, c: Iterable[float], d: Callable[[], Layer],
                 e: Callable[[int], int], f: dict[str, tuple[Layer, *tuple[str, ...]]], g=3):
        """Take all kinds of arguments."""
    found = arguments_of(function)
    assert list(found) == ["a", "d", "f"]
    assert found["a"].annotation == Sequence[float] | None


def test_nearly_everything_with_a_name_can_be_made_from_a_config():
    """ArrayDataset is made of arrays, TiedLinear of a layer that stands elsewhere: a config can write neither."""
    members = [(kind, name, function) for kind in KINDS.values() for name, function in kind.members.items()]
    beyond = {name for kind, name, function in members if set(out_of_reach(function)) - set(kind.given)}
    assert {"ArrayDataset", "TiedLinear"} <= beyond
    assert len(beyond) < len(members) / 20
