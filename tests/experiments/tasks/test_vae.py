"""The task of variational autoencoders."""

import json

import numpy as np
import pytest

from chainrule.experiments import ConfigError, open_config, run

CONFIG = """\
task: vae
data:
  dataset: {digits: {flat: true}}
  test_size: 100
  validation_size: 50
model: {vae: {sizes: [64, 12], latent: 3}}
loss: {ELBOLoss: {beta: 2}}
optimizer: Adam
training: {epochs: 2, batch_size: 200}
"""


@pytest.fixture
def path(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "c.yaml").write_text(CONFIG)
    return "c.yaml"


def test_a_run_tells_the_parts_of_the_bound_and_keeps_samples(path):
    ended = run(open_config(path), verbose=False)
    row = json.loads((ended.path / "metrics.jsonl").read_text().splitlines()[-1])
    assert {"elbo", "reconstruction", "kl", "val_elbo", "val_reconstruction", "val_kl"} <= set(row)
    assert row["loss"] == pytest.approx(row["reconstruction"] + 2 * row["kl"], rel=1e-5)
    assert ended.result["test_elbo"] == pytest.approx(-ended.result["test_reconstruction"] - ended.result["test_kl"])
    with np.load(ended.path / "samples.npz") as kept:
        assert kept["samples"].shape == (64, 64)
        assert 0 < kept["samples"].min() < kept["samples"].max() < 1
    assert (ended.path / "samples.png").read_bytes().startswith(b"\x89PNG")


def test_the_test_data_is_judged_by_codes_that_are_drawn_the_same_every_time(path):
    experiment = open_config(path).experiment
    judged = experiment.judge()
    assert judged == experiment.judge()
    assert judged["test_elbo"] != experiment.trainer.evaluate(experiment.test)["elbo"]


def test_the_target_is_the_input(path):
    x, target = open_config(path).experiment.first_samples(5)
    assert (x == target).all()


def test_parts_of_the_bound_may_be_watched(path):
    assert open_config(path, ["training.callbacks=[EarlyStopping: {monitor: val_elbo}]"]).experiment


def test_a_graph_of_ones_own_will_do(path):
    nodes = ("{encoder: [[{Linear: [64, 9]}, Tanh], x], mean: [{Linear: [9, 4]}, encoder], "
             "log_var: [{Linear: [9, 4]}, encoder], z: [GaussianSampling, mean, log_var], "
             "decoder: [{Linear: [4, 64]}, z]}")
    experiment = open_config(path, [f"model={{Graph: {{inputs: [x], nodes: {nodes}, "
                                    "outputs: [decoder, mean, log_var]}}", "training.epochs=1"]).experiment
    experiment.run()
    assert set(experiment.keepsakes()) == {"samples.npz", "samples.png"}


WRONG = [
    ("loss=MSELoss", "loss: vae expected ELBOLoss as loss, got MSELoss()"),
    ("data.target=y", "data.target: expected x, got the text 'y'"),
    ("model={Linear: [64, 64]}", "model.Linear: vae expected a Graph with a node 'decoder'"),
    ("model.vae.sizes=[63, 12]", "model.vae: Linear(63, 12) expected x of shape (..., 63), got (200, 64)"),
    ("model.vae.sizes=[64]", "mlp expected sizes"),
    ("model.vae.laten=3", "unknown key – did you mean 'latent'?"),
    ("loss.ELBOLoss.likelihood=gausian", "did you mean 'gaussian'?"),
]


@pytest.mark.parametrize(("override", "words"), WRONG)
def test_what_is_wrong_is_said_in_one_line(path, override, words):
    with pytest.raises(ConfigError) as caught:
        open_config(path, [override])
    assert words in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1


def test_without_a_decoder_there_are_no_samples(path):
    nodes = ("{mean: [{Linear: [64, 4]}, x], log_var: [{Linear: [64, 4]}, x], z: [GaussianSampling, mean, log_var], "
             "back: [{Linear: [4, 64]}, z]}")
    with pytest.raises(ConfigError, match=r"vae expected a Graph with a node 'decoder'"):
        open_config(path, [f"model={{Graph: {{inputs: [x], nodes: {nodes}, outputs: [back, mean, log_var]}}}}"])
