"""Nodes made into objects, and all problems of a config at once."""

from collections.abc import Callable

import numpy as np
import pytest

from chainrule.data import ArrayDataset
from chainrule.experiments import ConfigError, parse_config
from chainrule.experiments.binding.builder import Builder, gather
from chainrule.layers import Dropout, Layer, Linear, ReLU, Tanh, Unflatten
from chainrule.losses import Loss
from chainrule.models import Parallel, Residual, Sequential
from chainrule.optim import Adam, Optimizer, Schedule


def build(text, annotation=Layer):
    root = parse_config(f"m: {text}", "c.yaml")
    return Builder(root).value(root.value["m"].node, annotation, "m")


def problems(text, annotation=Layer):
    with pytest.raises(ConfigError) as caught:
        build(text, annotation)
    return str(caught.value).splitlines()


FORMS = [
    ("ReLU", ReLU()),
    ("{ReLU: null}", ReLU()),
    ("{ReLU: {}}", ReLU()),
    ("{ReLU: []}", ReLU()),
    ("{Dropout: 0.25}", Dropout(p=0.25)),
    ("{Linear: [3, 2]}", Linear(3, 2)),
    ("{Linear: [3, 2, false]}", Linear(3, 2, bias=False)),
    ("{Linear: {out_features: 2, in_features: 3}}", Linear(3, 2)),
    ("{Unflatten: [1, [1, 8, 8]]}", Unflatten(1, (1, 8, 8))),
]


@pytest.mark.parametrize(("text", "layer"), FORMS)
def test_a_thing_is_written_as_it_is_called(text, layer):
    assert build(text).title == layer.title


def test_a_list_of_layers_is_a_sequential():
    model = build("[{Linear: [4, 3]}, [Tanh, ReLU], {Sequential: [Tanh]}, {Sequential: ReLU}]")
    assert [type(layer) for layer in model] == [Linear, Sequential, Sequential, Sequential]
    assert [type(layer) for layer in model[1]] == [Tanh, ReLU]
    assert [type(layer) for layer in model[2]] == [Tanh]


def test_containers_nest():
    model = build("{Residual: {branch: [{Linear: [4, 4]}, ReLU], shortcut: {Parallel: [ReLU, [Tanh, ReLU]]}}}")
    assert isinstance(model, Residual)
    assert isinstance(model.branch, Sequential)
    assert isinstance(model.shortcut, Parallel)
    assert isinstance(model.shortcut.branches[1], Sequential)


def test_graphs_name_what_each_node_reads():
    f = build("{Graph: {inputs: [x, y, z], nodes: {f: [Multiply, q, z], q: [Add, x, y]}, outputs: [f]}}")
    assert f.forward(-2.0, 5.0, -4.0) == -12.0
    assert f.backward(1.0) == (-4.0, -4.0, 3.0)


def test_functions_of_the_zoo_are_names_too_and_make_their_activations_anew():
    model = build("{mlp: {sizes: [4, 3, 3, 2], activation: {LeakyReLU: 0.5}}}")
    assert model[1].title == "LeakyReLU(negative_slope=0.5)"
    assert model[1] is not model[3]


def test_what_only_the_program_has_is_given_when_the_thing_is_made():
    parameters = list(Linear(2, 2).parameters())
    optimizer = build("{Adam: {lr: 1e-2}}", Callable[..., Optimizer])(params=parameters)
    assert isinstance(optimizer, Adam)
    assert optimizer.param_groups[0]["params"] == parameters
    assert optimizer.param_groups[0]["lr"] == 0.01


def test_what_is_given_reaches_the_things_inside():
    optimizer = Adam(Linear(2, 2).parameters(), lr=1.0)
    text = "{SequentialLR: {schedulers: [{LinearLR: {total_iters: 2}}, {StepLR: 3}], milestones: [2]}}"
    build(text, Callable[..., Schedule])(optimizer=optimizer)
    assert optimizer.param_groups[0]["lr"] == pytest.approx(1 / 3)


def test_a_generator_is_given_to_those_who_draw():
    draw = build("{moons: {n_samples: 6}}", Callable[..., ArrayDataset])
    first, again, other = (draw(rng=np.random.default_rng(seed)).x for seed in (0, 0, 1))
    assert (first == again).all()
    assert (first != other).any()
    assert len(build("digits", Callable[..., ArrayDataset])(rng=np.random.default_rng(0))) == 1797


WRONG = [
    ("Liner", ["c.yaml:1:4: m.Liner: unknown layer – did you mean 'Linear'?"]),
    ("MSELoss", ["c.yaml:1:4: m.MSELoss: unknown layer; that is of the kind loss"]),
    ("os.system", None),
    ("'chainrule.layers.Linear'", None),
    ("__import__", None),
    ("Layer", None),
    ("Parameter", None),
    ("5", ["c.yaml:1:4: m: expected the name of one layer, alone or before its arguments as in "
           "'Name: {argument: value}', got the number 5"]),
    ("{Linear: [1, 2], ReLU: null}", ["c.yaml:1:21: m: expected the name of one layer, alone or before its arguments "
                                      "as in 'Name: {argument: value}', got 2 keys: Linear, ReLU"]),
    ("{Linear: {in_features: 4, out_featurs: 3}}",
     ["c.yaml:1:30: m.Linear.out_featurs: unknown key – did you mean 'out_features'?"]),
    ("{Linear: {in_features: 4}}", ["c.yaml:1:5: m.Linear: missing 'out_features'"]),
    ("{Linear: 4}", ["c.yaml:1:5: m.Linear: missing 'out_features'"]),
    ("Linear", ["c.yaml:1:4: m.Linear: missing 'in_features', 'out_features'"]),
    ("{Linear: [1, 2, true, 4]}",
     ["c.yaml:1:13: m.Linear: got 4 values; known: in_features, out_features, bias"]),
    ("{Linear: {in_features: 4, out_features: 3, rng: 5}}",
     ["c.yaml:1:47: m.Linear.rng: unknown key; known: in_features, out_features, bias"]),
    ("{TiedLinear: {bias: true}}",
     ["c.yaml:1:5: m.TiedLinear: can not be made in a config, which can not write its linear"]),
    ("{ReLU: 5}", ["c.yaml:1:11: m.ReLU: got 1 values; it takes none"]),
    ("{ReLU: {inplace: true}}", ["c.yaml:1:12: m.ReLU.inplace: unknown key; it takes none"]),
    ("{Dropout: high}", ["c.yaml:1:14: m.Dropout.p: expected a number in [0, 1], got the text 'high'"]),
    ("{Dropout: 2}", ["c.yaml:1:14: m.Dropout.p: expected a number in [0, 1], got the number 2"]),
    ("{Linear: [3, 0]}",
     ["c.yaml:1:17: m.Linear.out_features: expected a whole number of at least 1, got the number 0"]),
    ("{mlp: {sizes: [4, 0, 2]}}",
     ["c.yaml:1:22: m.mlp.sizes.1: expected a whole number of at least 1, got the number 0"]),
    ("{mlp: {sizes: [4, 2], activation: Tnah}}",
     ["c.yaml:1:38: m.mlp.activation.Tnah: unknown layer – did you mean 'Tanh'?"]),
    ("{Residual: [ReLU, ReLU]}", ["c.yaml:1:15: m.Residual: give these by name; known: branch, shortcut"]),
    ("{Graph: {inputs: [x], nodes: {a: [Tanh, y]}, outputs: [a]}}", None),
    ("{Graph: {inputs: [x], nodes: {a: Tanh}, outputs: [a]}}",
     ["c.yaml:1:37: m.Graph.nodes.a: expected a list of at least one item, got the text 'Tanh'; even a single item "
      "stands in brackets, [...]"]),
    ("{Graph: {inputs: [x], nodes: {a: [Tanh, 3]}, outputs: [a]}}",
     ["c.yaml:1:44: m.Graph.nodes.a.1: expected text or a list of texts, got the number 3"]),
    ("{Graph: {inputs: [x], nodes: [Tanh], outputs: [a]}}",
     ["c.yaml:1:33: m.Graph.nodes: expected a mapping, got a list"]),
]


@pytest.mark.parametrize(("text", "lines"), WRONG)
def test_what_is_wrong_is_said_at_its_place(text, lines):
    found = problems(text)
    assert len(found) == 1
    assert lines is None or found == lines


def test_sizes_beyond_all_memory_are_refused():
    [line] = problems(f"{{Linear: [2, {10**15}]}}")
    assert line.startswith("c.yaml:1:5: m.Linear: Unable to allocate")


def test_all_problems_come_at_once_with_one_line_each():
    assert problems("[{Linear: {in_features: a, out_featurs: 3}}, Tnah, {Dropout: -1}, {Linear: [3]}, ReLU]") == [
        "c.yaml:1:28: m.0.Linear.in_features: expected a whole number of at least 1, got the text 'a'",
        "c.yaml:1:31: m.0.Linear.out_featurs: unknown key – did you mean 'out_features'?",
        "c.yaml:1:49: m.1.Tnah: unknown layer – did you mean 'Tanh'?",
        "c.yaml:1:65: m.2.Dropout.p: expected a number in [0, 1], got the number -1",
        "c.yaml:1:71: m.3.Linear: missing 'out_features'",
    ]


def test_a_recipe_is_tried_at_once():
    assert problems("{SGD: {lr: -1}}", Callable[..., Optimizer]) == [
        "c.yaml:1:15: m.SGD.lr: expected a number of at least 0, got the number -1"]


def test_losses_take_their_arguments_alike():
    assert build("{CrossEntropyLoss: {weight: [1, 2.5]}}", Loss).weight.data.tolist() == [1.0, 2.5]
    [line] = problems("{CrossEntropyLoss: {reduction: maen}}", Loss)
    assert line == ("c.yaml:1:35: m.CrossEntropyLoss.reduction: expected mean or sum or none, got the text 'maen' – "
                    "did you mean 'mean'?")


def test_the_builder_knows_where_each_layer_was_named():
    root = parse_config("model:\n  - Linear: [4, 4]\n  - Residual:\n      branch: [ReLU]\n", "c.yaml")
    builder = Builder(root)
    model = builder.value(root.value["model"].node, Layer, "model")
    branch = model[1].branch
    assert {str(builder.places[layer].where): builder.places[layer].path for layer in (model, *model, branch, branch[0])
            } == {"c.yaml:2:3": "model", "c.yaml:2:5": "model.0.Linear", "c.yaml:3:5": "model.1.Residual",
                  "c.yaml:4:15": "model.1.Residual.branch", "c.yaml:4:16": "model.1.Residual.branch.0.ReLU"}


def test_errors_of_others_become_problems_of_the_config():
    builder = Builder(parse_config("data:\n  size: 5", "c.yaml"))
    with pytest.raises(ConfigError, match=r"^c.yaml:2:9: data.size: size is too large$"), builder.at("data"):
        raise ValueError("size is too large")
    with pytest.raises(ConfigError, match=r"^c.yaml:1:1: data: it is too large$"), builder.at("data"):
        raise MemoryError("it is too large")
    with pytest.raises(KeyError), builder.at("data"):
        raise KeyError("a mistake of ours is shown as it is")


def test_gather_returns_all_or_raises_all():
    def fail(text):
        raise ConfigError.at(None, "", text)
    assert gather([lambda: 1, lambda: 2]) == [1, 2]
    with pytest.raises(ConfigError, match=r"^one\ntwo$"):
        gather([lambda: 1, lambda: fail("one"), lambda: fail("two")])
