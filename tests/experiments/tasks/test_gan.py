"""The task of generative adversarial networks."""

import json

import numpy as np
import pytest

from chainrule.experiments import ConfigError, open_config, run

CONFIG = """\
task: gan
data:
  dataset: {ring: {n_samples: 120}}
  test_size: 40
  validation_size: 30
generator: {mlp: {sizes: [3, 8, 2]}}
discriminator: {mlp: {sizes: [2, 8, 1]}}
latent: 3
loss: BCEWithLogitsLoss
optimizer: {Adam: {lr: 0.01}}
coverage: true
training: {epochs: 2, batch_size: 25}
"""


@pytest.fixture
def path(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "c.yaml").write_text(CONFIG)
    return "c.yaml"


def test_a_run_tells_both_losses_and_keeps_samples(path):
    ended = run(open_config(path), verbose=False)
    row = json.loads((ended.path / "metrics.jsonl").read_text().splitlines()[-1])
    assert set(row) == {"epoch", "loss", "discriminator_loss", "val_modes", "val_quality", "lr", "seconds", "layers"}
    assert {"test_modes", "test_quality"} <= set(ended.result)
    with np.load(ended.path / "samples.npz") as kept:
        assert kept["samples"].shape == (1000, 2)
    assert (ended.path / "samples.png").read_bytes().startswith(b"\x89PNG")


def test_the_same_seed_gives_the_same_bits(path):
    ended = [run(open_config(path, [f"seed={seed}"]), verbose=False) for seed in (0, 0, 1)]
    weights = [(each.path / "weights.safetensors").read_bytes() for each in ended]
    assert weights[0] == weights[1] != weights[2]


def test_without_coverage_nothing_is_judged(path):
    experiment = open_config(path, ["coverage=false"]).experiment
    experiment.run()
    assert experiment.judge() == {}
    assert "val_modes" not in experiment.trainer.history[-1]


def test_the_discriminator_has_an_optimizer_and_a_schedule_too(path):
    experiment = open_config(path, ["discriminator_optimizer={SGD: {lr: 0.5}}",
                                    "schedule={ExponentialLR: {gamma: 0.1}}"]).experiment
    experiment.run()
    rates = [optimizer.param_groups[0]["lr"] for optimizer in (experiment.trainer.optimizer,
                                                               experiment.trainer.discriminator_optimizer)]
    assert rates == pytest.approx([1e-4, 5e-3])


def test_wgan_gp_by_a_loss_and_a_penalty(path):
    experiment = open_config(path, ["loss=WassersteinLoss", "n_critic=2",
                                    "discriminator_penalties=[{SlopePenalty: 10}, {L2Penalty: 1e-3}]"]).experiment
    slope, weights = experiment.trainer.discriminator_penalties
    assert slope.model is experiment.trainer.discriminator and slope.weight == 10
    assert [weight.shape for weight in weights.parameters] == [(8, 2), (1, 8)]
    before = open_config(path, ["loss=WassersteinLoss", "n_critic=2"]).experiment
    for each in (experiment, before):
        each.run()
    assert (experiment.trainer.history[0]["discriminator_loss"] - before.trainer.history[0]["discriminator_loss"]) > 1


def test_pictures_by_the_convolutional_pair(path):
    experiment = open_config(path, ["data.dataset=digits", "generator={dcgan_generator: {latent: 3, width: 4}}",
                                    "discriminator={dcgan_discriminator: {width: 4}}", "coverage=false",
                                    "data.test_size=1600", "training.epochs=1", "n_critic=2"]).experiment
    experiment.run()
    assert experiment.trainer.sample(5).shape == (5, 1, 8, 8)
    assert experiment.summary().total.y_shapes == ((1,),)
    assert set(experiment.keepsakes()) == {"samples.npz", "samples.png"}


def test_the_first_samples_are_noise_and_what_the_generator_wants(path):
    noise, wanted = open_config(path).experiment.first_samples(4)
    assert noise.shape == (4, 3)
    assert (wanted == np.ones((4, 1))).all()


WRONG = [
    ("generator.mlp.sizes=[4,8,2]",
     "c.yaml:6:13: generator.mlp: Linear(4, 8) expected x of shape (..., 4), got (25, 3)"),
    ("generator.mlp.sizes=[3,8,5]",
     "generator.mlp: generator expected to end in the shape of the data, (25, 2), got (25, 5)"),
    ("discriminator.mlp.sizes=[2,8,2]",
     "discriminator.mlp: discriminator expected to end in one score a sample, (25, 1), got (25, 2)"),
    ("discriminator=Tanh", "discriminator.Tanh: has no parameters, so there is nothing to train"),
    ("loss={BCEWithLogitsLoss: {pos_weight: [1, 2]}}", "loss.BCEWithLogitsLoss"),
    ("loss={BCEWithLogitsLoss: {reduction: none}}", "expected a loss that is one number"),
    ("latent=0", "latent: expected a whole number of at least 1"),
    ("discriminator_penalties=[{SlopePenalty: -1}]", "discriminator_penalties.0.SlopePenalty"),
    ("n_critic=0", "n_critic: expected a whole number of at least 1"),
    ("data.dataset=xor", "coverage: mode_coverage expected y as one class for each sample"),
    ("training.callbacks=[EarlyStopping]", "unknown monitor of EarlyStopping 'val_loss'"),
    ("metrics=[accuracy]", "metrics: unknown key"),
]


@pytest.mark.parametrize(("override", "words"), WRONG)
def test_what_is_wrong_is_said_in_one_line(path, override, words):
    changes = [override, "data.test_size=0", "data.validation_size=0"] if "xor" in override else [override]
    with pytest.raises(ConfigError) as caught:
        open_config(path, changes)
    assert words in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1
