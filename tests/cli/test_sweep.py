"""``chainrule sweep``."""

import pytest

from chainrule.cli.main import main

CONFIG = """\
name: tiny
data:
  dataset: {blobs: {n_samples: 40, n_classes: 2}}
  validation_size: 10
model: [{Linear: [2, 2]}]
loss: CrossEntropyLoss
optimizer: {SGD: {lr: 0.1}}
training: {epochs: 2, report: false}
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "tiny.yaml").write_text(CONFIG)
    return tmp_path


def test_it_prints_a_line_for_each_trial_then_a_table_and_the_best(folder, capsys):
    pytest.importorskip("optuna")
    command = ["sweep", "tiny.yaml", "--param", "optimizer.lr=log:1e-3:1", "--param", "model.0.bias=choice:true,false",
               "--trials", "2"]
    assert main(command) == 0
    lines = capsys.readouterr().out.splitlines()
    [path] = (folder / "sweeps").iterdir()
    assert sorted(each.name for each in path.iterdir()) == ["best.yaml", "config.yaml", "locks", "study.journal",
                                                            "sweep.json", "sweep.png", "trials", "trials.csv"]
    assert [line.split()[:4] for line in lines[:2]] == [["trial", "0", "finished", "val_loss"],
                                                        ["trial", "1", "finished", "val_loss"]]
    assert lines[3].split() == ["trial", "status", "val_loss", "epochs", "optimizer.lr", "model.0.bias"]
    assert [line.split()[1::2] for line in lines[5:7]] == [["finished", "2", line.split()[5]] for line in lines[5:7]]
    assert lines[8] == f"table, picture and runs are in sweeps/{path.name}"
    assert lines[9].endswith(f"train it with: chainrule train sweeps/{path.name}/best.yaml")
    assert main(command) == 0
    assert capsys.readouterr().out.splitlines()[0].endswith("2 of 2 trials are done")
    assert main(["train", f"sweeps/{path.name}/best.yaml"]) == 0


def test_a_mistake_ends_it_before_anything_is_made(folder, capsys):
    pytest.importorskip("optuna")
    assert main(["sweep", "tiny.yaml", "--param", "optimizer.lr=log:1e-3:1", "--param", "training.epoch=int:1:2"]) == 2
    [line] = capsys.readouterr().err.splitlines()
    assert line.startswith("--param 'training.epoch=int:1:2': training.epoch: unknown key – did you mean 'epochs'?")
    assert not (folder / "sweeps").exists()


def test_without_optuna_that_is_said(folder, capsys, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "optuna", None)
    assert main(["sweep", "tiny.yaml", "--param", "optimizer.lr=log:1e-3:1"]) == 2
    assert capsys.readouterr().err == \
        "sweep needs Optuna 4 or newer, which is not installed; pip install 'chainrule[sweep]'\n"
