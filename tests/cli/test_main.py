"""The command line as its user meets it: exit codes, one line for each problem, nothing left behind."""

import os
import signal
import subprocess
import sys
import time
from importlib.metadata import PackageNotFoundError

import pytest

from chainrule.cli.main import main

CONFIG = """\
data:
  dataset: {blobs: {n_samples: 40, n_classes: 3}}
  test_size: 0.25
model:
  - Linear: {in_features: 2, out_features: 5}
  - Tanh
  - Linear: [5, 3]
loss: CrossEntropyLoss
optimizer: {SGD: {lr: 0.1}}
metrics: [accuracy]
training:
  epochs: 2
  batch_size: 8
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def start(*arguments, **options):
    return subprocess.Popen([sys.executable, "-m", "chainrule", *arguments], text=True, stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, **options)


# What is changed in the text above, and the line it ends in. Every row is one of the mistakes that people make.
WRONG = [
    (("loss:", "los:"), ["8:1: los: unknown key – did you mean 'loss'?"]),
    (("out_features: 5", "out_featurs: 5"),
     ["5:30: model.0.Linear.out_featurs: unknown key – did you mean 'out_features'?"]),
    (("epochs: 2", "epoch: 2"), ["12:3: training.epoch: unknown key – did you mean 'epochs'?"]),
    (("epochs: 2", "epochs: two"),
     ["12:11: training.epochs: expected a whole number of at least 1, got the text 'two'"]),
    (("epochs: 2", "epochs: 0"),
     ["12:11: training.epochs: expected a whole number of at least 1, got the number 0"]),
    (("batch_size: 8", "batch_size: 8.5"),
     ["13:15: training.batch_size: expected a whole number of at least 1 or nothing, got the number 8.5"]),
    (("lr: 0.1", "lr: '1e-3'"), ["9:23: optimizer.SGD.lr: expected a number of at least 0, got the text '1e-3'; "
                                 "a number stands without quotes"]),
    (("lr: 0.1", "lr: -0.1"), ["9:23: optimizer.SGD.lr: expected a number of at least 0, got the number -0.1"]),
    (("SGD", "SDG"), ["9:13: optimizer.SDG: unknown optimizer – did you mean 'SGD'?"]),
    (("SGD", "Adam, SGD"), ["9:19: optimizer: expected the name of one optimizer, alone or before its arguments as in "
                            "'Name: {argument: value}', got 2 keys: Adam, SGD"]),
    (("- Tanh", "- Tahn"), ["6:5: model.1.Tahn: unknown layer – did you mean 'Tanh'?"]),
    (("- Tanh", "- os.system"), ["6:5: model.1.os.system: unknown layer"]),
    (("- Tanh", "- Dropout: 1.5"), ["6:14: model.1.Dropout.p: expected a number in [0, 1], got the number 1.5"]),
    (("[5, 3]", "[6, 3]"), ["7:5: model.2.Linear: Linear(6, 3) expected x of shape (..., 6), got (8, 5)"]),
    (("[5, 3]", "[5, -3]"),
     ["7:17: model.2.Linear.out_features: expected a whole number of at least 1, got the number -3"]),
    (("[5, 3]", "[5]"), ["7:5: model.2.Linear: missing 'out_features'"]),
    (("[5, 3]", "[5, 2]"), ["8:1: loss: CrossEntropyLoss() expected classes from 0 to 1 in target"]),
    (("- Tanh", "Tanh"), None),
    (("in_features: 2", "in_features: 2, in_features: 3"), None),
    (("blobs", "bolbs"), ["2:13: data.dataset.bolbs: unknown data set – did you mean 'blobs'?"]),
    (("n_samples: 40", "n_samples: -1"),
     ["2:32: data.dataset.blobs.n_samples: expected a whole number of at least 1, got the number -1"]),
    (("n_samples: 40", "noise: .inf"), ["2:3: data.dataset: x has non-finite values, 600 of 600, the first"]),
    (("n_samples: 40", "noise: 1e300"), ["2:3: data.dataset: x has non-finite values, 600 of 600, the first"]),
    (("test_size: 0.25", "test_size: 1.25"),
     ["3:14: data.test_size: data expected test_size as a share below 1 or a whole number of samples, got 1.25"]),
    (("loss: CrossEntropyLoss", "loss: MSELoss"), ["8:1: loss: MSELoss() expected target"]),
    (("loss: CrossEntropyLoss", "loss: Tanh"), ["8:7: loss.Tanh: unknown loss; that is of the kind layer"]),
    (("[accuracy]", "[acuracy]"), ["10:11: metrics.0.acuracy: unknown metric – did you mean 'accuracy'?"]),
    (("[accuracy]", "accuracy"),
     ["10:10: metrics: expected a list, got the text 'accuracy'; even a single item stands in brackets, [...]"]),
    (("  batch_size: 8", "  callbacks: [EarlyStopping]"),
     ["13:15: training.callbacks.0: unknown monitor of EarlyStopping 'val_loss'"]),
    ((CONFIG, "5"), ["1:1: the top level must be a mapping"]),
    ((CONFIG, ""), ["1:1: the top level must be a mapping"]),
    (("loss: CrossEntropyLoss\n", ""), ["1:1: missing 'loss'"]),
    (("data:", "task: superwised\ndata:"), ["1:7: task: unknown task – did you mean 'supervised'?"]),
    (("data:", "seed: -1\ndata:"), ["1:7: seed: expected a whole number of at least 0, got the number -1"]),
    (("data:", "name: ../up\ndata:"), ["1:7: name: config expected name as letters, digits"]),
    (("SGD", "SDG", "- Tanh", "- Tahn", "epochs: 2", "epoch: 2"),
     ["6:5: model.1.Tahn: unknown layer", "9:13: optimizer.SDG: unknown optimizer",
      "12:3: training.epoch: unknown key"]),
]


@pytest.mark.parametrize("command", ["check", "doctor", "folds", "trace"])
def test_every_command_refuses_a_wrong_config_alike(folder, capsys, command):
    for change, lines in WRONG[:3]:
        ends_in_these_lines(folder, capsys, command, change, lines)


@pytest.mark.parametrize(("change", "lines"), WRONG, ids=lambda value: value[1] if isinstance(value, tuple) else "")
def test_a_wrong_config_ends_in_one_line_each_and_leaves_nothing(folder, capsys, change, lines):
    ends_in_these_lines(folder, capsys, "train", change, lines)


def ends_in_these_lines(folder, capsys, command, change, lines):
    text = CONFIG
    for old, new in zip(change[::2], change[1::2], strict=True):
        assert old in text
        text = text.replace(old, new)
    (folder / "wrong.yaml").write_text(text)
    assert main([command, "wrong.yaml"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    found = err.splitlines()
    assert len(found) == (1 if lines is None else len(lines))
    assert all(line.startswith("wrong.yaml:") for line in found)
    for line, start in zip(found, lines or [], strict=False):
        assert line.removeprefix("wrong.yaml:").startswith(start)
    assert [path.name for path in folder.iterdir()] == ["wrong.yaml"]


def test_a_missing_file_is_said_in_one_line(folder, capsys):
    assert main(["train", "digits_mpl"]) == 2
    assert capsys.readouterr().err == ("digits_mpl: no such file, and no recipe of that name – did you mean "
                                       "'digits_mlp'?\n")
    assert list(folder.iterdir()) == []


def test_overrides_are_checked_alike(folder, capsys):
    (folder / "c.yaml").write_text(CONFIG)
    assert main(["check", "c.yaml", "--set", "model.2.Linear.1=-3", "--set", "epochs"]) == 2
    assert capsys.readouterr().err == "--set 'epochs': expected path=value with a path such as training.epochs\n"
    assert main(["check", "c.yaml", "--set", "model.2.Linear.1=-3"]) == 2
    assert capsys.readouterr().err.startswith("--set 'model.2.Linear.1=-3': model.2.Linear.out_features: expected a")


def test_a_run_that_diverges_ends_in_one_line(folder, capsys):
    (folder / "c.yaml").write_text(CONFIG)
    assert main(["train", "c.yaml", "--set", "optimizer.SGD.lr=1e38"]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1
    assert [path.name for path in folder.iterdir()] == ["c.yaml"]


def test_a_folder_that_can_not_be_made_ends_in_one_line(folder, capsys):
    (folder / "c.yaml").write_text(CONFIG)
    (folder / "file").write_text("")
    assert main(["train", "c.yaml", "--runs", "file"]) == 2
    [line] = capsys.readouterr().err.splitlines()
    assert line.startswith("file")


@pytest.mark.parametrize("arguments", [[], ["tran"], ["train"], ["train", "xor", "--epochs", "3"],
                                       ["trace", "xor", "--samples", "0"], ["trace", "xor", "--samples", "many"]])
def test_a_wrong_command_ends_in_one_line(folder, capsys, arguments):
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    [line] = capsys.readouterr().err.splitlines()
    assert line.startswith("chainrule")
    assert line.endswith("--help")


def test_a_package_that_lies_there_without_being_installed(capsys, monkeypatch):
    def none(_: str) -> str:
        raise PackageNotFoundError

    monkeypatch.setattr("chainrule.experiments.runs.environment.version", none)
    with pytest.raises(SystemExit):
        main(["--version"])
    assert capsys.readouterr().out == "chainrule unpacked\n"


@pytest.mark.parametrize("arguments", [["--version"], ["--help"], ["train", "--help"], ["check", "-h"],
                                       ["trace", "-h"]])
def test_help_and_version_are_printed(capsys, arguments):
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 0
    out = capsys.readouterr().out
    assert out.startswith("chainrule 0." if arguments == ["--version"] else "usage: chainrule")


def test_the_module_is_the_command(folder):
    process = start("check", "xor")
    out, err = process.communicate()
    assert (process.returncode, err) == (0, "")
    assert "Linear(2, 4)" in out


def test_mistakes_of_ours_are_not_hidden(folder, monkeypatch):
    monkeypatch.setattr("chainrule.experiments.tasks.supervised.Supervised.prepare", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        main(["check", "xor"])


def test_output_that_nobody_reads_ends_it_quietly(folder):
    (folder / "c.yaml").write_text(CONFIG)
    with start("train", "c.yaml") as process:
        process.stdout.close()
        assert process.stderr.read() == ""
    assert process.returncode == 141


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_run_and_keeps_it(folder, number):
    (folder / "c.yaml").write_text(CONFIG.replace("epochs: 2", "epochs: 1000000"))
    process = start("train", "c.yaml")
    try:
        while not list(folder.glob("runs/c-*")):
            assert process.poll() is None, process.communicate()
            time.sleep(0.05)
        process.send_signal(number)
        out, err = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == 128 + number
    assert err == ""
    [path] = (folder / "runs").iterdir()
    assert out.splitlines()[-1] == (f"interrupted by {number.name}; saved in runs/{path.name}; "
                                    f"go on with: chainrule train --resume runs/{path.name}")
    assert {"config.yaml", "metrics.jsonl", "weights.safetensors", "result.json", "report.html", "checkpoints"} <= {
        file.name for file in path.iterdir()}
