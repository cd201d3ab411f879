"""A sweep before it begins."""

from pathlib import Path

import pytest

from chainrule.experiments import ConfigError
from chainrule.experiments.sweeps.plan import Sweep, plan_sweep
from chainrule.layers.core import StateError, UnknownNameError

WIDTH = "model.0.out_features,model.2.in_features=choice:4,16"


def test_all_that_is_wrong_is_said_at_once_and_nothing_is_made(config):
    wrong = ["optimizer.lr=float:-1:1", "optimizer.learning=log:1e-3:1", "model.0.out_features=choice:7,8",
             "training.epochs=float:1:3", "training.epochs=int:1:3", "model.1=choice:Tanh,Tanhh", "name=choice:a,b",
             "data.nothing=int:1:2", "a=b"]
    with pytest.raises(ConfigError) as caught:
        plan_sweep(config, wrong)
    lines = str(caught.value).splitlines()
    for start, part in [
        ("--param 'optimizer.lr=float:-1:1': optimizer.Adam.lr: ", "at least 0, got the number -1.0 (tried -1.0)"),
        ("--param 'optimizer.learning=log:1e-3:1': optimizer: ", "learning"),
        ("--param 'model.0.out_features=choice:7,8': model.2.Linear: ", ", 8) (tried 8)"),
        ("--param 'training.epochs=float:1:3': training.epochs: ", "write 1 (tried 1.0)"),
        ("--param 'training.epochs=int:1:3': training.epochs: ", "is varied twice"),
        ("--param 'model.1=choice:Tanh,Tanhh': model.1.Tanhh: ", "did you mean 'Tanh'?"),
        ("--param 'name=choice:a,b': name: ", "can not be varied"),
        ("--param 'data.nothing=int:1:2': data.nothing: ", "unknown key"),
        ("--param 'a=b': ", "expected PATH=SPACE"),
    ]:
        assert any(line.startswith(start) and part in line for line in lines), (start, part, lines)
    assert [path.name for path in Path().iterdir()] == ["small.yaml"]


def test_the_same_command_is_the_same_sweep_and_another_is_another(config):
    same = [plan_sweep(config, [WIDTH]).path for _ in range(2)]
    others = [plan_sweep(config, [WIDTH], ["training.epochs=4"]), plan_sweep(config, [WIDTH], prune=False),
              plan_sweep(config, [WIDTH], monitor="loss"), plan_sweep(config, [WIDTH], same_seed=True),
              plan_sweep(config, [WIDTH.replace("16", "8")])]
    assert len({*same, *(other.path for other in others)}) == 6
    assert same[0].parent == Path("sweeps").absolute()


def test_a_folder_says_to_other_processes_what_the_sweep_is(config):
    sweep = plan_sweep(config, [WIDTH, "optimizer.lr=log:1e-3:1"], monitor="val_accuracy", prune=False)
    sweep.write()
    sweep.write()
    assert Sweep.read(sweep.path) == sweep
    assert sweep.higher_is_better
    (sweep.path / "sweep.json").write_text("{}")
    with pytest.raises(StateError, match="belongs to another sweep; --sweeps says where"):
        sweep.write()


def test_what_judges_is_the_best_of_the_config_or_the_validation_loss_or_must_be_said(config):
    assert plan_sweep(config, [WIDTH]).monitor == "val_loss"
    kept = plan_sweep(config, [WIDTH], ["training.checkpoints.best=val_accuracy"])
    assert (kept.monitor, kept.higher_is_better) == ("val_accuracy", True)
    with pytest.raises(StateError, match="expected validation data to judge trials by"):
        plan_sweep(config, [WIDTH], ["data.validation_size=0"])
    assert plan_sweep(config, [WIDTH], ["data.validation_size=0"], monitor="loss").monitor == "loss"
    with pytest.raises(UnknownNameError, match="val_accuracy"):
        plan_sweep(config, [WIDTH], monitor="val_acuracy")
    with pytest.raises(StateError, match="something to vary"):
        plan_sweep(config, [])


def test_every_trial_has_a_seed_of_its_own_unless_it_is_to_have_the_same(config):
    sweep, same = plan_sweep(config, [WIDTH]), plan_sweep(config, [WIDTH], same_seed=True)
    for planned in (sweep, same):
        planned.write()
    assert len({sweep.seeds(number) for number in range(50)}) == 50
    assert sweep.open(3, ["4"]).resolved["seed"] == sweep.seeds(3)[1] == plan_sweep(config, [WIDTH]).seeds(3)[1]
    assert same.open(3, ["4"]).resolved["seed"] == 5
    config = sweep.open(3, ["16"])
    assert config.resolved["name"] == "small-0003"
    assert config.experiment.model[2].in_features == 16
    seeds = plan_sweep("small.yaml", ["seed=int:1:9"])
    seeds.write()
    assert seeds.open(3, ["8"]).resolved["seed"] == 8
