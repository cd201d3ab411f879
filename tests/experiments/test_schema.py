"""The JSON Schema for editors: it takes what the builder takes, and refuses what is plainly wrong."""

import json
from importlib.resources import files

import pytest

from chainrule.experiments import TASKS, dump_schema, json_schema, open_config, parse_config, read_config, recipes
from chainrule.experiments.binding.registry import KINDS
from chainrule.experiments.document.including import find_config
from chainrule.layers import Conv2d

SCHEMA = json_schema()


@pytest.fixture(scope="module")
def problems():
    jsonschema = pytest.importorskip("jsonschema")
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    validator = jsonschema.Draft202012Validator(SCHEMA)
    return lambda plain: [list(error.absolute_path) for error in validator.iter_errors(plain)]


def test_it_knows_every_name_and_task():
    names = {name for kind in KINDS.values() for name in kind.members}
    defined = {name.partition(".")[2] for name in SCHEMA["$defs"] if "." in name}
    assert defined >= set(TASKS)
    assert names - defined >= {"ArrayDataset", "TiedLinear"}      # which no config can write
    assert len(names - defined) < len(names) / 20
    assert {"Linear", "Conv2d", "Adam", "CrossEntropyLoss", "digits", "accuracy", "EarlyStopping"} <= defined


def test_ranges_defaults_and_descriptions_are_in_it():
    conv = SCHEMA["$defs"]["layer.Conv2d"]
    assert conv["description"] == Conv2d.__doc__.partition("\n")[0].replace("``", "")
    by_name = conv["anyOf"][0]
    assert by_name["required"] == ["in_channels", "out_channels", "kernel_size"]
    assert by_name["properties"]["in_channels"] == {"minimum": 1, "type": "integer"}
    assert by_name["properties"]["groups"]["default"] == 1
    assert set(by_name["properties"]["padding_mode"]["enum"]) == {"zeros", "reflect", "replicate", "circular"}
    assert SCHEMA["$defs"]["optimizer.Adam"]["anyOf"][0]["properties"]["lr"] == {
        "minimum": 0, "type": "number", "default": 0.001}
    assert "params" not in SCHEMA["$defs"]["optimizer.Adam"]["anyOf"][0]["properties"]


def skeleton(schema):
    """Return the names, and the arguments of each: the details are Pydantic's and may change with its version."""
    return {name: sorted(form["properties"]) for name, part in schema["$defs"].items()
            for form in part.get("anyOf", [part]) if "properties" in form}


def test_the_shipped_file_is_the_one_that_is_generated():
    shipped = json.loads((files("chainrule.configs") / "schema.json").read_text(encoding="utf-8"))
    assert skeleton(shipped) == skeleton(SCHEMA), "run: python docs/generate.py"
    assert json.loads(dump_schema()) == SCHEMA


@pytest.mark.parametrize("name", recipes())
def test_recipes_are_valid_and_name_it_for_editors(problems, name):
    path = find_config(name)
    assert problems(read_config(path).plain()) == []
    first = path.read_text(encoding="utf-8").splitlines()[0]
    assert first == "# yaml-language-server: $schema=schema.json"
    assert (path.parent / first.partition("=")[2]).is_file()


BASE = """
data: {dataset: {blobs: {n_samples: 40}}, validation_size: 8}
model:
  [{Linear: [2, 4]}, Tanh, {Residual: {branch: [{Linear: [4, 4]}]}}, {Dropout: 0.1},
   {Linear: {in_features: 4, out_features: 3}}]
loss: {CrossEntropyLoss: {label_smoothing: 0.1}}
penalties: [{L2Penalty: 1e-4}]
optimizer: {SGD: {lr: 0.1}}
schedule: {SequentialLR: {schedulers: [{LinearLR: {total_iters: 2}}, {StepLR: 3}], milestones: [2]}}
metrics: [accuracy]
training: {epochs: 3, callbacks: [{EarlyStopping: {patience: 2}}]}
"""


@pytest.mark.parametrize(("old", "new"), [
    ("Tanh", "Tahn"), ("[2, 4]", "[2]"), ("[2, 4]", "[2, -4]"), ("[2, 4]", "[2, 4.5]"), ("[2, 4]", "[2, 4, true, 1]"),
    ("out_features: 3", "out_featurs: 3"), (", out_features: 3", ""), ("Dropout: 0.1", "Dropout: 1.1"),
    ("Dropout: 0.1", "Dropout: high"), ("epochs: 3", "epoch: 3"), ("epochs: 3, ", ""), ("SGD", "Sgd"),
    ("lr: 0.1", "lr: -0.1"), ("loss:", "los:"), ("StepLR: 3", "StepLR: 0"), ("[accuracy]", "[acuracy]"),
    ("[accuracy]", "accuracy"), ("n_samples: 40", "n_samples: 0"), ("patience: 2", "patience: two"),
    ("optimizer", "task: gan\noptimizer"), ("optimizer", "task: supervisd\noptimizer"), ("L2Penalty", "Tanh")])
def test_what_is_plainly_wrong_is_marked(problems, old, new):
    assert old in BASE
    assert problems(parse_config(BASE).plain()) == []
    assert problems(parse_config(BASE.replace(old, new, 1)).plain()) != []


def test_parts_of_a_config_may_stand_in_other_files(problems):
    assert problems({"include": "digits_mlp", "training": {"epochs": 3}}) == []
    assert problems({"training": {"epochs": 3}}) != []
    assert problems({**parse_config(BASE).plain(), "model": {"include": "model.yaml"}}) == []


def test_the_base_is_right(tmp_path):
    (tmp_path / "c.yaml").write_text(BASE)
    assert open_config(tmp_path / "c.yaml").experiment.epochs == 3
