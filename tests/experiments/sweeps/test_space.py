"""What a sweep varies."""

import pytest

from chainrule.experiments import ConfigError, open_config, parse_config
from chainrule.experiments.sweeps.space import SweepParameter, overrides_of, spelled_out


class Trial:
    """Notes what Optuna would be asked, and answers with the upper end."""

    def suggest_float(self, name, low, high, *, log):
        self.asked = (name, low, high, log)
        return high

    def suggest_int(self, name, low, high, *, step, log):
        self.asked = (name, low, high, step, log)
        return high

    def suggest_categorical(self, name, choices):
        self.asked = (name, *choices)
        return choices[-1]


@pytest.mark.parametrize(("written", "asked", "drawn"), [
    ("a.lr=log:1e-4:1e-1", ("a.lr", 1e-4, 0.1, True), "0.1"),
    ("a=float:0:0.5", ("a", 0.0, 0.5, False), "0.5"),
    ("a=float:1:2", ("a", 1.0, 2.0, False), "2.0"),
    ("a=int:16:64:16", ("a", 16, 64, 16, False), "64"),
    ("a=int:-1:4", ("a", -1, 4, 1, False), "4"),
    ("a=logint:8:512", ("a", 8, 512, 1, True), "512"),
    ("a=choice:32,64", ("a", "32", "64"), "64"),
    ("a, b.1=choice:ReLU,no,{Dropout: 0.1}", ("a, b.1", '"ReLU"', '"no"', '{"Dropout": 0.1}'), '{"Dropout": 0.1}'),
    ("a=choice:null,[1, 2],true", ("a", "null", "[1, 2]", "true"), "true"),
])
def test_a_space_is_what_optuna_is_asked_for(written, asked, drawn):
    trial = Trial()
    assert SweepParameter.read(written).draw(trial) == drawn
    assert trial.asked == asked
    assert SweepParameter.read(written).ends()[-1] == drawn


@pytest.mark.parametrize(("written", "message"), [
    ("optimizer.lr", "expected PATH=SPACE with a space such as log:1e-4:1e-1"),
    ("optimizer.lr=0.1", "expected PATH=SPACE"),
    ("=log:1:2", "expected PATH=SPACE"),
    ("a..b=log:1:2", "expected PATH=SPACE"),
    ("a,=log:1:2", "expected PATH=SPACE"),
    ("a=lgo:1:2", "unknown kind of space 'lgo'; known: log:1e-4:1e-1"),
    ("a=log:0:1", "expected LOW above 0"),
    ("a=log:1e-1:1e-4", "expected LOW below HIGH"),
    ("a=float:1:1", "expected LOW below HIGH"),
    ("a=log:1e-4", "expected log:LOW:HIGH, got '1e-4'"),
    ("a=float:0:1:2", "expected float:LOW:HIGH, got '0:1:2'"),
    ("a=float:0:.inf", "expected numbers"),
    ("a=float:0:one", "expected numbers, got '0:one'"),
    ("a=int:1:2.5", "expected whole numbers"),
    ("a=int:true:3", "expected whole numbers"),
    ("a=int:8:20:8", "expected STEP to divide HIGH - LOW"),
    ("a=int:8:16:0", "expected STEP to divide HIGH - LOW"),
    ("a=choice:32", "at least two choices"),
    ("a=choice:32,32", "at least two choices, all different"),
    ("a=choice:.nan,1", "expected choices that are finite"),
    ("a=choice:010,1", "010 begins with 0"),
    ("a=choice:[1,2", "never closed"),
])
def test_anything_else_is_one_clear_error_that_shows_it(written, message):
    with pytest.raises(ConfigError) as caught:
        SweepParameter.read(written)
    assert str(caught.value).startswith(f"--param {written!r}: ")
    assert message in str(caught.value)


ROOT = """\
model: [{Linear: [2, 7]}, Tanh, {Residual: {branch: [{Linear: {in_features: 7, out_features: 7}}]}}]
optimizer: Adam
training: {epochs: 3}
"""


@pytest.mark.parametrize(("short", "full"), [
    ("optimizer.lr", "optimizer.Adam.lr"), ("optimizer.Adam.lr", "optimizer.Adam.lr"), ("optimizer", "optimizer"),
    ("optimizer.learning", "optimizer.learning"), ("training.epochs", "training.epochs"),
    ("model.0.out_features", "model.0.Linear.out_features"), ("model.0.Linear.1", "model.0.Linear.1"),
    ("model.2.branch.0.bias", "model.2.Residual.branch.0.Linear.bias"), ("model.9.x", "model.9.x"),
])
def test_a_path_may_leave_out_the_name_of_what_stands_there(short, full):
    assert spelled_out(parse_config(ROOT), short) == full


def test_a_path_is_spelled_out_where_the_values_before_it_hold():
    chosen, rate = SweepParameter.read("optimizer=choice:Adam,SGD"), SweepParameter.read("optimizer.lr=log:1e-3:1")
    assert overrides_of(parse_config(ROOT), [(chosen, '"SGD"'), (rate, "0.5")]) == [
        'optimizer="SGD"', "optimizer.SGD.lr=0.5"]


def test_overrides_are_those_of_set():
    both = SweepParameter.read("model.0.out_features,model.2.in_features=choice:4,16")
    root = parse_config(open_config("digits_mlp").original.decode())
    overrides = overrides_of(root, [(both, "16")])
    assert overrides == ["model.0.Linear.out_features=16", "model.2.Linear.in_features=16"]
    assert open_config("digits_mlp", overrides).experiment.model[0].out_features == 16
