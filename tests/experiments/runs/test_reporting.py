"""The page of a run: there while it runs, of data that may be looked at, and never the reason that a run ends."""

import json

import numpy as np
import pytest

from chainrule.analysis.report import callback
from chainrule.experiments import open_config, run
from chainrule.experiments.runs import reporting
from chainrule.training import Callback

SMALL = ["training.epochs=3", "data.test_size=0.25"]


@pytest.mark.parametrize(("changes", "name"), [(["data.validation_size=0.25"], "validation"), ([], "training")])
def test_test_data_are_shown_only_in_the_end(changes, name, tmp_path, monkeypatch):
    class Reader(Callback):
        def on_epoch_end(self, trainer, row):
            pages.extend(path.read_text(encoding="utf-8") for path in tmp_path.glob("*/report.html"))

    pages = []
    monkeypatch.setattr(callback.Report, "on_epoch_end", lambda self, trainer, row: self.write(trainer, running=True))
    config = open_config("spirals_mlp", [*SMALL, *changes])
    config.experiment.trainer.callbacks.append(Reader())
    ended = run(config, tmp_path, verbose=False)
    assert len(pages) >= 1
    assert all(f"{name} samples" in page and "test samples" not in page and "running" in page for page in pages)
    end = (ended.path / "report.html").read_text(encoding="utf-8")
    assert "300 test samples" in end and "3 of 3 epochs, finished" in end and "test accuracy" in end


@pytest.mark.parametrize(("recipe", "shown", "smaller"), [
    ("blobs_gan", "graph of ", ["data.dataset.ring.n_samples=400", "data.test_size=0.25"]),
    ("copy_gru", "graph of Graph", ["data.dataset.copying.n_samples=100", "data.test_size=0.25"]),
    ("digits_vae", "graph of Graph", ["data.test_size=0.8"])])
def test_every_task_has_its_page(recipe, shown, smaller, tmp_path):
    ended = run(open_config(recipe, ["training.epochs=1", *smaller]), tmp_path, verbose=False)
    page = (ended.path / "report.html").read_text(encoding="utf-8")
    assert shown in page and "norm of the gradient" in page
    assert "no report" not in (ended.path / "train.log").read_text(encoding="utf-8")


def test_the_layers_are_in_the_metrics_and_not_in_the_result(tmp_path):
    ended = run(open_config("spirals_mlp", SMALL), tmp_path, verbose=False)
    rows = [json.loads(line) for line in (ended.path / "metrics.jsonl").read_text().splitlines()]
    assert all(list(row["layers"]) == ["0", "2", "4"] for row in rows)
    assert "layers" not in json.loads((ended.path / "result.json").read_text())


def test_without_it_there_is_neither_page_nor_statistics(tmp_path):
    ended = run(open_config("xor", ["training.epochs=2", "training.report=false"]), tmp_path, verbose=False)
    assert not (ended.path / "report.html").exists()
    assert "layers" not in (ended.path / "metrics.jsonl").read_text()


def test_weights_are_the_same_with_and_without(tmp_path):
    states = [run(open_config("spirals_mlp", ["training.epochs=2", f"training.report={report}"]), tmp_path,
                  verbose=False).path / "weights.safetensors" for report in ("true", "false")]
    assert states[0].read_bytes() == states[1].read_bytes()


def test_what_goes_wrong_with_it_is_said_and_costs_no_run(tmp_path, monkeypatch):
    def broken(*_, **__):
        raise RuntimeError("no picture today")

    monkeypatch.setattr(reporting, "report_page", broken)
    ended = run(open_config("xor", ["training.epochs=2"]), tmp_path, verbose=False)
    assert ended.result["status"] == "finished"
    assert "no report.html: RuntimeError: no picture today" in (ended.path / "train.log").read_text(encoding="utf-8")


def test_a_gan_is_given_noise_and_others_their_data():
    experiment = open_config("blobs_gan").experiment
    assert experiment.samples("training") is None
    assert experiment.input_shapes() == ((experiment.trainer.latent,),)
    assert np.prod(open_config("digits_cnn").experiment.samples("test").x.shape[1:]) == 64
