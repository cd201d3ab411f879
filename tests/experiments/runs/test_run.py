"""A run and its folder: complete, reproducible, all or nothing."""

import json
import os
import signal
import threading

import numpy as np
import pytest
import yaml

from chainrule.experiments import open_config, resume, run
from chainrule.layers import Linear
from chainrule.layers.core import NonFiniteError, load_weights, read_weights
from chainrule.training.checkpoints import read_checkpoint

pytestmark = pytest.mark.usefixtures("quickly")


def test_the_folder_holds_all_that_came_of_it(train, lines):
    ended = train()
    assert {file.name for file in ended.path.iterdir()} == {
        "config.yaml", "original.yaml", "overrides.json", "environment.json", "train.log", "metrics.jsonl",
        "metrics.csv", "checkpoints", "preparation.json", "weights.safetensors", "result.json",
        "report.html"}
    assert ended.path.parent.name == "runs"
    assert ended.path.name.startswith("small-")
    rows = lines(ended.path)
    assert [row["epoch"] for row in rows] == [1, 2, 3, 4]
    assert {"loss", "accuracy", "val_loss", "val_accuracy", "lr", "seconds"} <= set(rows[0])
    assert not any(name.startswith("test") for row in rows for name in row)
    assert yaml.safe_load((ended.path / "config.yaml").read_text())["training"]["epochs"] == 4


def test_the_result_says_how_it_ended_and_what_the_test_data_said(train, lines):
    ended = train()
    result = json.loads((ended.path / "result.json").read_text())
    assert result == ended.result
    assert result["status"] == "finished"
    assert result["stopped"] is None
    assert result["epoch"] == 4
    assert result["loss"] == lines(ended.path)[-1]["loss"]
    assert 0 <= result["test_accuracy"] <= 1
    assert ended.signal is None


def test_what_is_no_number_is_written_too(train):
    ended = train("metrics=[confusion_matrix, accuracy]")
    result = json.loads((ended.path / "result.json").read_text())
    assert np.sum(result["test_confusion_matrix"]) == 15
    assert np.trace(result["test_confusion_matrix"]) == round(15 * result["test_accuracy"])


def test_the_weights_are_those_that_were_judged(train):
    ended = train()
    experiment = open_config(ended.path / "config.yaml").experiment
    load_weights(experiment.model, ended.path / "weights.safetensors")
    assert experiment.judge()["test_loss"] == ended.result["test_loss"]


def test_early_stopping_leaves_the_best_weights(train, lines):
    ended = train("training.callbacks=[{EarlyStopping: {patience: 2}}]", "training.epochs=300",
                  "optimizer={SGD: {lr: 3, momentum: 0.9}}")
    rows = lines(ended.path)
    assert len(rows) < 300
    assert "val_loss has not improved" in ended.result["stopped"]
    experiment = open_config(ended.path / "config.yaml").experiment
    load_weights(experiment.model, ended.path / "weights.safetensors")
    best = experiment.trainer.evaluate(experiment.validation)["loss"]
    assert best == pytest.approx(min(row["val_loss"] for row in rows), rel=1e-6)


def test_the_same_seed_gives_the_same_bits(train):
    first, again, other = train(), train(), train("seed=1")
    assert first.path != again.path
    weights = [(ended.path / "weights.safetensors").read_bytes() for ended in (first, again, other)]
    assert weights[0] == weights[1] != weights[2]


def test_a_run_can_be_made_again_from_its_own_config(train):
    first = train("training.epochs=2", "seed=5")
    again = run(open_config(first.path / "config.yaml"), verbose=False)
    for name in ("weights.safetensors", "config.yaml"):
        assert (first.path / name).read_bytes() == (again.path / name).read_bytes()


def test_a_run_that_diverges_at_once_leaves_nothing(train, tmp_path):
    with pytest.raises(NonFiniteError):
        train("optimizer={SGD: {lr: 1e38}}")
    assert {path.name for path in tmp_path.iterdir()} == {"small.yaml"}


def test_a_run_that_diverges_later_leaves_what_it_knew_and_no_weights(train, tmp_path, lines):
    with pytest.raises(NonFiniteError):
        train("optimizer={SGD: {lr: 1e-3}}", "schedule={StepLR: {step_size: 2, gamma: 1e45}}")
    [folder] = (tmp_path / "runs").iterdir()
    names = {file.name for file in folder.iterdir()}
    assert {"config.yaml", "metrics.jsonl", "result.json"} <= names
    assert "weights.safetensors" not in names
    result = json.loads((folder / "result.json").read_text())
    assert result["status"] == "failed"
    assert "not finite" in result["error"]
    assert len(lines(folder)) == result["epoch"] >= 2


def test_a_mistake_of_ours_in_the_middle_leaves_whole_files(train, tmp_path, monkeypatch, lines):
    forward, calls = Linear.forward, []

    def breaking(self, x):
        calls.append(1)
        if len(calls) == 60:
            raise RuntimeError("broken")
        return forward(self, x)

    monkeypatch.setattr(Linear, "forward", breaking)
    with pytest.raises(RuntimeError):
        train("training.epochs=50")
    [folder] = (tmp_path / "runs").iterdir()
    assert all(row["epoch"] for row in lines(folder))
    assert json.loads((folder / "result.json").read_text())["status"] == "failed"
    assert not [file for file in folder.iterdir() if file.name.startswith(".")]


def test_an_interrupted_run_keeps_what_it_had(train, lines):
    config = open_config("small.yaml", ["training.epochs=10000"])
    forward, calls = Linear.forward, []

    def counting(self, x):
        calls.append(1)
        if len(calls) == 100:
            os.kill(os.getpid(), signal.SIGINT)
        return forward(self, x)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Linear, "forward", counting)
        ended = run(config, verbose=False)
    assert ended.signal == signal.SIGINT
    assert ended.result["status"] == "interrupted"
    assert ended.result["stopped"] is None
    assert not any(name.startswith("test") for name in ended.result)
    assert len(lines(ended.path)) == ended.result["epoch"] < 10000
    assert all(np.isfinite(value).all() for value in read_weights(ended.path / "weights.safetensors").values())


def test_progress_is_told_in_at_most_some_twenty_lines(train, capsys):
    run(open_config("small.yaml", ["training.epochs=97"]))
    assert 15 < len(capsys.readouterr().out.splitlines()) <= 21


def test_what_the_run_was_made_of_is_kept(train, tmp_path):
    ended = train("seed=3", "training.epochs=2")
    assert (ended.path / "original.yaml").read_text() == (tmp_path / "small.yaml").read_text()
    assert json.loads((ended.path / "overrides.json").read_text()) == ["seed=3", "training.epochs=2"]
    [session] = json.loads((ended.path / "environment.json").read_text())
    assert session["versions"]["numpy"] == np.__version__
    again = train("seed=3", "training.epochs=2")
    marks = [each.path.name.split("-")[3] for each in (ended, again, train("seed=4", "training.epochs=2"))]
    assert marks[0] == marks[1] != marks[2]


def test_the_best_weights_are_kept_where_there_is_validation_data(train, lines):
    ended = train("training.callbacks=[{EarlyStopping: {patience: 50, restore_best: false}}]", "training.epochs=15",
                  "optimizer={SGD: {lr: 2, momentum: 0.9}}")
    best = min(lines(ended.path), key=lambda row: row["val_loss"])
    experiment = open_config(ended.path / "config.yaml").experiment
    state = read_checkpoint(ended.path / "checkpoints" / "best.safetensors")
    assert (state["epoch"], state["monitor"], state["value"]) == (best["epoch"], "val_loss", best["val_loss"])
    experiment.model.load_state_dict(state["model"])
    assert experiment.trainer.evaluate(experiment.validation)["loss"] == pytest.approx(best["val_loss"], rel=1e-6)
    assert best["epoch"] < 15


JOB = """
task: supervised
name: job
data: {dataset: digits, test_size: 0.5, validation_size: 0.25}
model:
  - Conv2d: {in_channels: 1, out_channels: 3, kernel_size: 3, stride: 2, bias: false}
  - BatchNorm2d: 3
  - ReLU
  - Flatten
  - Linear: [27, 10]
loss: CrossEntropyLoss
optimizer: {Adam: {lr: 0.01}}
metrics: [accuracy]
training: {epochs: 2, batch_size: 100, sync_batch_norm: true, zero_redundancy: true, report: false}
"""


@pytest.fixture
def together(ranks, tmp_path):
    """Return a function that opens the config on every rank, one after the other, and does something with it."""
    (tmp_path / "job.yaml").write_text(JOB)
    drawing = threading.Lock()          # the generator of the package is that of all threads

    def together(size, begin, act):
        def work(job):
            with drawing:
                begun = begin()
            job.barrier()
            return act(begun)

        return ranks(size, work)

    return together


def test_a_job_has_one_folder_and_the_numbers_of_one_process(together, tmp_path):
    alone = run(open_config(tmp_path / "job.yaml"), tmp_path / "alone", verbose=False)
    first, other = together(2, lambda: open_config(tmp_path / "job.yaml"),
                            lambda config: (run(config, tmp_path / "runs", verbose=False), config))
    assert [path.name for path in (tmp_path / "runs").iterdir()] == [first[0].path.name]
    assert {path.name for path in first[0].path.iterdir()} == {path.name for path in alone.path.iterdir()}
    for name in ("loss", "accuracy", "val_loss", "test_loss", "test_accuracy"):
        assert first[0].result[name] == pytest.approx(alone.result[name], rel=1e-4), name
    assert other[0].result == {} and other[0].signal is None
    load_weights(first[1].experiment.model, alone.path / "weights.safetensors")     # the same names and shapes


def test_a_job_goes_on_with_another_number_of_processes(together, monkeypatch, tmp_path):
    whole = run(open_config(tmp_path / "job.yaml", ["training.epochs=3"]), tmp_path / "alone", verbose=False)
    first, _ = together(2, lambda: open_config(tmp_path / "job.yaml"),
                        lambda config: run(config, tmp_path / "runs", verbose=False))
    opening = threading.Lock()
    opened = resume.__globals__["open_run"]

    def one_at_a_time(*given):
        with opening:
            return opened(*given)

    monkeypatch.setitem(resume.__globals__, "open_run", one_at_a_time)
    found = together(3, lambda: None, lambda _: resume(first.path, ["training.epochs=3"], verbose=False))
    assert found[0].result["epoch"] == 3
    for name in ("loss", "val_loss", "test_loss"):
        assert found[0].result[name] == pytest.approx(whole.result[name], rel=1e-4), name
