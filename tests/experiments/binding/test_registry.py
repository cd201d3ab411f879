"""The names a config may use."""

import inspect

import pytest

from chainrule import backprop, data, layers, losses, models, optim, training
from chainrule.experiments.binding.registry import KINDS, graph
from chainrule.layers import Add, Layer, Multiply
from chainrule.models import zoo

NAMES = [(kind, name) for kind in KINDS.values() for name in kind.members]


def test_every_exported_thing_has_its_name():
    title = {kind.title: kind.members for kind in KINDS.values()}
    drawings = {"published"}        # no network, its plan for recomputation
    assert {"Linear", "ReLU", "Sequential", "Residual", "Graph", *zoo.__all__} - drawings <= set(title["layer"])
    assert {"digits", "xor", "moons", "circles", "spirals", "blobs"} <= set(title["data set"])
    assert {"CrossEntropyLoss", "MSELoss"} <= set(title["loss"])
    assert {"L1Penalty", "L2Penalty"} <= set(title["penalty"])
    assert {"SGD", "Adam", "AdamW", "RMSprop"} <= set(title["optimizer"])
    assert {"StepLR", "SequentialLR"} <= set(title["schedule"])
    assert "accuracy" in title["metric"]
    assert {"EarlyStopping", "StopOnPlateau", "ClipGradNorm"} <= set(title["callback"])


@pytest.mark.parametrize(("kind", "name"), NAMES, ids=lambda value: value if isinstance(value, str) else value.title)
def test_only_what_can_be_made_has_a_name(kind, name):
    """House rule: every concrete class shows an example, a base class has none to show."""
    thing = kind.members[name]
    assert inspect.isfunction(thing) or "Example:" in inspect.getdoc(thing)


def test_no_name_means_two_things():
    names = [name for _, name in NAMES]
    assert len(names) == len(set(names))


def test_names_are_exports_and_never_paths():
    known = {*layers.__all__, *losses.__all__, *models.__all__, *zoo.__all__, *optim.__all__, *training.__all__,
             *training.METRICS, *data.__all__, *backprop.__all__}
    assert {name for _, name in NAMES} <= known
    assert all(name.isidentifier() for _, name in NAMES)


def test_what_writes_files_is_no_callback_of_a_config():
    assert "JsonLines" not in {name for _, name in NAMES}


def test_graph_is_the_graph():
    f = graph(["x", "y", "z"], {"q": (Add(), "x", "y"), "f": (Multiply(), "q", "z")}, ["f"])
    assert f.forward(-2.0, 5.0, -4.0) == -12.0
    assert issubclass(type(f), Layer)
