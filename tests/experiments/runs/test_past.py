"""Runs that there are, from their folders."""

import json

import pytest

from chainrule.experiments.runs.folder import RunFolder
from chainrule.experiments.runs.past import Past, RunFileError, best_metrics, find_runs, open_run, open_trained
from chainrule.layers.core import StateError, save_weights
from chainrule.training.checkpoints import CheckpointError, CheckpointFolder, write_checkpoint

CONFIG = """\
data: {dataset: {blobs: {n_samples: 30}}}
model: [{Linear: [2, 3]}]
loss: CrossEntropyLoss
optimizer: SGD
training: {epochs: 3}
"""
ROWS = [{"epoch": 1, "loss": 0.5, "accuracy": 0.9, "val_loss": 0.7, "val_accuracy": 0.8, "lr": 0.1, "matrix": [[1]]},
        {"epoch": 2, "loss": 0.4, "accuracy": 0.8, "val_loss": 0.9, "val_accuracy": 0.7, "lr": 0.1, "matrix": [[1]]}]


@pytest.fixture
def path(tmp_path):
    return make(tmp_path / "runs" / "a-20300102-000000-f00d")


def make(path, rows=ROWS, result=None):
    path.mkdir(parents=True)
    (path / "config.yaml").write_text(CONFIG)
    (path / "metrics.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    if result is not None:
        (path / "result.json").write_text(json.dumps(result))
    return path


def test_a_folder_says_how_far_it_has_come_and_how_it_ended(path):
    assert Past.read(path).status == "killed"
    with RunFolder.reopened(path):
        assert Past.read(path).status == "running"
    (path / "result.json").write_text('{"status": "failed"}')
    past = Past.read(path)
    assert (past.status, past.rows, past.config["data.dataset.blobs.n_samples"]) == ("failed", ROWS, 30)
    assert past.config["model.0.Linear.1"] == 3


def test_a_line_that_was_never_finished_is_passed_over(path):
    with (path / "metrics.jsonl").open("a") as file:
        file.write('{"epoch": 3, "lo')
    assert len(Past.read(path).rows) == 2


def test_runs_come_in_the_order_of_their_time(path):
    later = make(path.parent / "a-20300103-000000-f00d")
    earlier = make(path.parent / "z-20300101-000000-f00d")
    (path.parent / "notes").mkdir()
    make(path.parent / ".hidden")
    assert [past.path for past in find_runs(path.parent)] == [earlier, path, later]


def test_the_best_of_every_metric_is_that_of_the_validation(path):
    assert best_metrics(Past.read(path)) == {"val_loss": 0.7, "val_accuracy": 0.8}
    other = make(path.parent / "b", [{"epoch": 1, "loss": 2.0, "accuracy": 0.1},
                                      {"epoch": 2, "loss": 1.0, "accuracy": 0}],
                 {"status": "finished", "test_loss": 3.0})
    assert best_metrics(Past.read(other)) == {"loss": 1.0, "accuracy": 0.1, "test_loss": 3.0}


@pytest.mark.parametrize(("name", "content"), [
    ("metrics.jsonl", "not json\n"), ("metrics.jsonl", "[]\n"), ("metrics.jsonl", "[" * 100_000 + "\n"),
    ("result.json", "{"), ("result.json", "[]"), ("result.json", "\xff"), ("result.json", "[" * 100_000)])
def test_what_is_damaged_is_said_in_one_line(path, name, content):
    (path / name).write_bytes(content.encode("latin-1"))
    with pytest.raises(RunFileError, match=f"{name} is damaged|{name} can not be read"):
        Past.read(path)


def test_what_is_no_run_is_refused(tmp_path):
    for read in (Past.read, open_run, open_trained):
        with pytest.raises(RunFileError, match=r"is no run: it has no config.yaml"):
            read(tmp_path)
    with pytest.raises(RunFileError, match="No such file"):
        find_runs(tmp_path / "nowhere")


def test_only_epochs_may_be_changed(path):
    assert open_run(path, ["training.epochs=9"]).experiment.epochs == 9
    with pytest.raises(StateError, match="can only have more epochs"):
        open_run(path, ["training.epochs=9", "seed=3"])


def test_weights_are_those_at_the_end_the_best_or_the_last(path):
    model = open_run(path).experiment.model
    with pytest.raises(RunFileError, match="has no weights yet"):
        open_trained(path)
    for value, name in ((1.0, "last"), (2.0, "best"), (3.0, "final")):
        model[0].weight.data[...] = value
        if name == "last":
            CheckpointFolder(path / "checkpoints").save({"epoch": 1, "batch": 0, "model": model.state_dict()}, 3)
            with pytest.raises(RunFileError, match="keeps no best weights"):
                open_trained(path, "best")
        elif name == "best":
            write_checkpoint(path / "checkpoints" / "best.safetensors", {"model": model.state_dict()})
            assert open_trained(path, "final").experiment.model[0].weight.data[0, 0] == 1.0
        else:
            save_weights(model, path / "weights.safetensors")
    found = [open_trained(path, name).experiment.model[0].weight.data[0, 0] for name in ("last", "best", "final")]
    assert found == [1.0, 2.0, 3.0]


def test_weights_of_another_network_are_refused(path):
    CheckpointFolder(path / "checkpoints").save({"epoch": 1, "batch": 0, "model": {}}, 3)
    with pytest.raises(CheckpointError, match=r"does not fit this network.*0.weight: missing"):
        open_trained(path)
