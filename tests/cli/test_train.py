"""``chainrule train``."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from chainrule.cli.main import main
from chainrule.training import Checkpoints, read_checkpoint


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_it_trains_and_says_where_the_run_is(folder, capsys):
    assert main(["train", "digits_mlp", "--set", "training.epochs=2", "--set", "seed=3"]) == 0
    out = capsys.readouterr().out.splitlines()
    [path] = (folder / "runs").iterdir()
    result = json.loads((path / "result.json").read_text())
    assert out[0].startswith("epoch 1/2  loss")
    assert out[-2] == f"test_loss {result['test_loss']:.4g}  test_accuracy {result['test_accuracy']:.4g}"
    assert out[-1] == f"saved in {path.relative_to(folder)}"


def test_the_runs_may_be_elsewhere(folder, capsys):
    assert main(["train", "xor", "--runs", "a/b", "--set", "training.epochs=1"]) == 0
    [path] = (folder / "a" / "b").iterdir()
    assert capsys.readouterr().out.splitlines()[-1] == f"saved in a/b/{path.name}"


def test_without_test_data_nothing_is_said_of_it(folder, capsys):
    assert main(["train", "xor", "--set", "training.epochs=1"]) == 0
    assert "test" not in capsys.readouterr().out


# a network with all that could go astray: dropout, batch norm, shuffling, augmentation, a schedule, averaging, patience
LIVING = """\
name: living
data:
  dataset: {blobs: {n_samples: 90, n_classes: 3}}
  test_size: 15
  validation_size: 15
model: [{Linear: [2, 12]}, {BatchNorm1d: 12}, ReLU, {Dropout: 0.3}, {Linear: [12, 3]}]
loss: CrossEntropyLoss
optimizer: {Adam: {lr: 0.02}}
schedule: {CosineAnnealingLR: {T_max: 7}}
metrics: [accuracy]
training:
  epochs: 100
  batch_size: 8
  augment: [{PixelNoise: {sigma: 0.1, clip: false}}]
  prefetch: 2
  callbacks: [{EarlyStopping: {patience: 999}}, {WeightAveraging: {decay: 0.9}}, {GradientNoise: {eta: 0.001}}]
  checkpoints: {every: 1, unit: batches}
"""

MOMENTS = ("half written", "before fsync", "before rename", "after rename", "before unlink")


def lived(path):
    """Return what is to be the same: the weights file, and the metrics without times."""
    rows = [json.loads(line) for line in (path / "metrics.jsonl").read_text().splitlines()]
    result = json.loads((path / "result.json").read_text())
    return ((path / "weights.safetensors").read_bytes(), [{**row, "seconds": 0} for row in rows],
            {**result, "seconds": 0}, (path / "checkpoints" / "best.safetensors").stat().st_size)


def survive(folder, kills, epochs):
    """Kill a run again and again, and let it go on each time; it ends as one that nobody touched."""
    (folder / "living.yaml").write_text(LIVING)
    begin = ["living.yaml", "--set", f"training.epochs={epochs}"]
    assert main(["train", *begin, "--runs", "whole"]) == 0
    subprocess.run([sys.executable, Path(__file__).with_name("dying.py"), "killed", json.dumps(kills), *begin],
                   check=True, timeout=600)
    [path] = (path for path in folder.glob("killed/*") if not path.name.startswith("."))
    assert main(["train", "--resume", str(path)]) == 0
    [whole] = (folder / "whole").iterdir()
    assert lived(path) == lived(whole)
    assert not list(path.glob("checkpoints/.*"))
    assert len(json.loads((path / "environment.json").read_text())) > len(kills) / 2


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_a_run_that_is_killed_three_times_ends_as_if_it_had_not_been(folder):
    survive(folder, [("half written", 9), ("time", 30), ("before rename", 7)], epochs=5)


def mount(*arguments):
    subprocess.run(["mount", *arguments], check=True, capture_output=True)


@pytest.fixture
def small_disk(folder):
    """A file system of its own with room for some checkpoints and no more."""
    (folder / "disk").mkdir()
    try:
        mount("-t", "tmpfs", "-o", "size=256k", "tmpfs", "disk")
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"no file system can be mounted here: {error}")
    yield folder / "disk"
    subprocess.run(["umount", folder / "disk"], check=True)


@pytest.mark.long
@pytest.mark.parametrize("trouble", ["size=256k", "ro"])
def test_a_real_disk_that_takes_no_more(folder, small_disk, capsys, monkeypatch, trouble):
    (folder / "living.yaml").write_text(LIVING)
    begin = ["train", "living.yaml", "--set", "training.epochs=9", "--set", "training.checkpoints.keep=1000"]
    assert main([*begin, "--runs", "whole"]) == 0
    [whole] = (folder / "whole").iterdir()
    if trouble == "ro":
        mount("-o", "remount,size=64m", "disk")
        save = Checkpoints.save

        def saving(self, trainer):
            if (trainer.epoch, trainer.batch) == (3, 5):
                mount("-o", "remount,ro", "disk")
            save(self, trainer)
        monkeypatch.setattr(Checkpoints, "save", saving)
    capsys.readouterr()
    assert main([*begin, "--runs", "disk/runs"]) == 2
    [line] = capsys.readouterr().err.splitlines()
    assert ("No space left on device" if trouble == "size=256k" else "Read-only file system") in line
    assert "go on with: chainrule train --resume disk/runs/living-" in line
    [path] = (path for path in (small_disk / "runs").iterdir() if not path.name.startswith("."))
    kept = sorted((path / "checkpoints").glob("epoch*"))
    assert len(kept) >= 3
    assert all(read_checkpoint(each) for each in kept)
    monkeypatch.undo()
    monkeypatch.chdir(folder)
    mount("-o", "remount,rw,size=64m", "disk")
    assert main(["train", "--resume", str(path)]) == 0
    assert lived(path)[:2] == lived(whole)[:2]


@pytest.mark.long
@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_a_run_that_is_killed_before_its_first_checkpoint_begins_anew(folder):
    (folder / "living.yaml").write_text(LIVING.replace("every: 1, unit: batches", "every: 999"))
    begin = ["living.yaml", "--set", "training.epochs=2"]
    killed = [sys.executable, Path(__file__).with_name("dying.py"), "killed", '[["after epoch", 1]]', *begin]
    subprocess.run(killed, check=True, timeout=100)
    [path] = (folder / "killed").iterdir()
    assert not (path / "checkpoints").exists()
    assert main(["train", "--resume", str(path)]) == 0
    assert main(["train", *begin, "--runs", "whole"]) == 0
    [whole] = (folder / "whole").iterdir()
    assert lived(path)[:2] == lived(whole)[:2]


@pytest.mark.long
@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
@pytest.mark.parametrize("seed", range(2))
def test_a_run_that_is_killed_twenty_times_at_random_moments(folder, seed):
    rng = np.random.default_rng(seed)
    kills = [(moment, int(rng.integers(5, 40))) for moment in MOMENTS for _ in range(2)]    # amid a write
    kills += [("time", int(rng.integers(0, 300))) for _ in range(10)]
    order = rng.permutation(len(kills))
    survive(folder, [kills[index] for index in order], epochs=250)
