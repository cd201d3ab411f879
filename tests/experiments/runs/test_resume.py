"""Runs that go on: the same bits after a signal, a full disk or damage, for every task."""

import os

import pytest
import yaml

from chainrule.experiments import RunError, open_config, resume, run
from chainrule.experiments.runs.folder import RunFolder
from chainrule.layers.core import StateError
from chainrule.training.checkpoints import CheckpointFolder

pytestmark = pytest.mark.usefixtures("quickly")


@pytest.mark.parametrize("at", [1, 3, 4, 7, 14, 16])         # there are four batches in an epoch, and four epochs
def test_a_run_that_was_interrupted_goes_on_as_if_it_had_not_been(train, at, interrupt, outcome):
    whole = train()
    ended = interrupt(open_config("small.yaml"), at)
    assert ended.result["epoch"] == (at - 1) // 4
    again = resume(ended.path, verbose=False)
    assert again.path == ended.path
    assert again.result["status"] == "finished"
    assert outcome(again.path) == outcome(whole.path)


SMALL = {
    "copy_gru": ("training.epochs=2", "data.dataset={copying: {n_samples: 200, length: 3}}", "data.test_size=20",
                 "data.validation_size=20"),
    "char_lstm": ("training.epochs=1", "data.dataset={text: {text: %s, length: 5}}" % ("abcab" * 30), "sample.length=9",
                  "sample.prompt=a", "training.batch_size=4"),
    "digits_vae": ("training.epochs=2", "training.batch_size=300"),
    "blobs_gan": ("training.epochs=2", "training.batch_size=256", "training.callbacks=[]"),
}


@pytest.mark.parametrize("recipe", SMALL)
def test_every_task_goes_on(tmp_path, monkeypatch, recipe, interrupt, outcome):
    monkeypatch.chdir(tmp_path)
    whole = run(open_config(recipe, SMALL[recipe]), verbose=False)
    ended = interrupt(open_config(recipe, SMALL[recipe]), 3)
    assert outcome(resume(ended.path, verbose=False).path) == outcome(whole.path)


def test_more_epochs_and_nothing_else_may_be_asked_for(train, outcome):
    whole = train("training.epochs=6")
    short = train()
    with pytest.raises(StateError, match=r"finished, after 4 epochs; train it longer with --set training.epochs=8"):
        resume(short.path, verbose=False)
    with pytest.raises(StateError, match="can only have more epochs, got --set seed=1"):
        resume(short.path, ["seed=1"])
    with pytest.raises(StateError, match="trained for 4 epochs, which can not become 3"):
        resume(short.path, ["training.epochs=3"])
    assert outcome(short.path)[2]["status"] == "finished"       # nothing was touched
    again = resume(short.path, ["training.epochs=6"], verbose=False)
    assert outcome(again.path)[:2] == outcome(whole.path)[:2]
    assert yaml.safe_load((again.path / "config.yaml").read_text())["training"]["epochs"] == 6


def test_what_is_damaged_is_passed_over_and_told(train, capsys, interrupt, outcome):
    whole = train()
    ended = interrupt(open_config("small.yaml", ["training.checkpoints={every: 1, unit: epochs}"]), 11)
    newest = CheckpointFolder(ended.path / "checkpoints").paths()[-1]
    newest.write_bytes(newest.read_bytes()[:-1])
    resumed = resume(ended.path)
    out = capsys.readouterr().out
    assert f"passed over: checkpoint {newest} is damaged" in out
    assert "goes on from" in out
    assert "passed over" in (resumed.path / "train.log").read_text()
    assert outcome(resumed.path) == outcome(whole.path)


def test_without_a_checkpoint_it_begins_anew(train, interrupt, outcome):
    whole = train()
    ended = interrupt(open_config("small.yaml"), 7)
    for path in (ended.path / "checkpoints").iterdir():
        path.unlink()
    assert outcome(resume(ended.path, verbose=False).path) == outcome(whole.path)


@pytest.mark.parametrize(("number", "words"), [(28, "No space left on device"), (30, "Read-only file system")])
def test_a_disk_that_takes_no_more_ends_it_with_one_message(train, monkeypatch, number, words, outcome):
    whole, written = train("training.report=false"), []     # the page comes by the clock
    fsync = os.fsync

    def failing(handle):
        written.append(handle)
        if len(written) > 25:
            raise OSError(number, os.strerror(number))
        fsync(handle)

    with monkeypatch.context() as patch, pytest.raises(RunError) as caught:
        patch.setattr(os, "fsync", failing)
        train("training.checkpoints={every: 1, unit: batches}", "training.report=false")
    [path] = (path for path in whole.path.parent.iterdir() if path.name != whole.path.name)
    assert f"can not be written: {words}; the last one is" in str(caught.value)
    assert f"go on with: chainrule train --resume runs/{path.name}" in str(caught.value)
    assert "\n" not in str(caught.value)
    assert len(list((path / "checkpoints").glob("epoch*"))) >= 3
    assert outcome(resume(path, verbose=False).path)[:2] == outcome(whole.path)[:2]


def test_a_folder_that_can_not_be_written_ends_it_before_anything_is_trained(train, tmp_path, monkeypatch):
    def refusing(*_, **__):
        raise PermissionError(13, "Permission denied", "runs")

    monkeypatch.setattr("pathlib.Path.mkdir", refusing)
    with pytest.raises(PermissionError):
        train()
    assert [path.name for path in tmp_path.iterdir()] == ["small.yaml"]


def test_two_processes_are_not_let_into_one_run(train, interrupt):
    ended = interrupt(open_config("small.yaml"), 7)
    with RunFolder.reopened(ended.path), pytest.raises(StateError, match="belongs to a process that is at work"):
        resume(ended.path)
    assert resume(ended.path, verbose=False).result["status"] == "finished"
