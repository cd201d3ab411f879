"""The recipes that ship: each runs as it is, reproducibly, and reaches what its first lines say."""

import re
from importlib.resources import files

import numpy as np
import pytest

from chainrule.experiments import open_config, recipes, run

# The least that is promised elsewhere; what a recipe says of itself is held too.
PROMISED = {"digits_mlp": 0.97, "digits_cnn": 0.985, "spirals_mlp": 0.99}
SLOW = {"blobs_gan", "blobs_wgan_gp", "char_lstm", "copy_gru", "digits_cnn", "digits_resnet", "digits_vit", "tiny_gpt"}
# Enough to see that two runs agree.
SMALL = {"char_lstm": ["data.dataset={text: {text: 'The cat sat on the mat. The dog sat on the cat.', length: 5}}"],
         "copy_gru": ["data.dataset.copying.n_samples=1100"]}
SMALL["tiny_gpt"] = SMALL["char_lstm"]
SMALL |= {name: ["data.test_size=0.8"] for name in ("digits_cnn", "digits_resnet", "digits_vit")}
TESTED = {"blobs_gan": 2500, "blobs_wgan_gp": 2500, "char_lstm": 232, "copy_gru": 1000, "spirals_mlp": 300,
          "tiny_gpt": 232}


def said(name):
    """Return the number that a recipe says it reaches, and its name."""
    text = (files("chainrule.configs") / f"{name}.yaml").read_text(encoding="utf-8")
    quantity, number = re.search(r"# Reaches: (\w+) (\S+) ", text).groups()
    return quantity, float(number)


def lower_is_better(quantity):
    return "loss" in quantity or "bits" in quantity


def reached(name, seed, *overrides):
    experiment = open_config(name, [f"seed={seed}", *overrides]).experiment
    experiment.run()
    return experiment.trainer.history[-1] | experiment.judge()


def test_the_recipes_are_these():
    assert recipes() == ["blobs_gan", "blobs_wgan_gp", "char_lstm", "copy_gru", "digits_autoencoder", "digits_cnn",
                         "digits_mlp", "digits_resnet", "digits_softmax", "digits_svm", "digits_vae", "digits_vit",
                         "keyword_scan", "spirals_mlp", "tiny_gpt", "xor"]


@pytest.mark.parametrize("name", recipes())
def test_two_runs_write_the_same_weights(tmp_path, name):
    weights = []
    for _ in range(2):
        ended = run(open_config(name, ["training.epochs=1", *SMALL.get(name, [])]), tmp_path, verbose=False)
        assert ended.result["status"] == "finished"
        weights.append((ended.path / "weights.safetensors").read_bytes())
    assert weights[0] == weights[1]


@pytest.mark.parametrize("name", recipes())
def test_nothing_is_chosen_on_the_test_data(name):
    """A recipe either ends after its last epoch, or stops early by a third part of the data."""
    experiment = open_config(name).experiment
    assert name == "xor" or len(experiment.test) == TESTED.get(name, 450)
    assert experiment.validation is None
    assert not any(hasattr(callback, "best") for callback in experiment.trainer.callbacks)


@pytest.mark.parametrize("name", [name for name in recipes() if name not in SLOW])
def test_one_seed_comes_near_to_what_is_said(name):
    quantity, number = said(name)
    value = reached(name, 0)[quantity]
    assert value <= 1.1 * number if lower_is_better(quantity) else value >= number - 0.015


@pytest.mark.long
@pytest.mark.parametrize("name", [name for name in recipes() if name != "xor"])
def test_three_seeds_reach_what_is_said(name):
    quantity, number = said(name)
    mean = np.mean([reached(name, seed)[quantity] for seed in (0, 1, 2)])
    if lower_is_better(quantity):
        assert mean <= 1.05 * number
    else:
        assert mean >= max(number - 0.003, PROMISED.get(name, 0))


@pytest.mark.long
def test_xor_is_solved_from_every_seed_by_four_tanh_units():
    assert sum(reached("xor", seed)["loss"] < 1e-3 for seed in range(60)) >= 59


@pytest.mark.long
def test_xor_is_solved_from_no_seed_by_a_linear_model():
    assert min(reached("xor", seed, "model={Linear: [2, 1]}")["loss"] for seed in range(60)) >= 0.2499


@pytest.mark.long
@pytest.mark.parametrize("name", ["blobs_gan", "blobs_wgan_gp"])
def test_the_generator_finds_every_cloud_from_each_of_three_seeds(name):
    assert [reached(name, seed)["test_modes"] for seed in (0, 1, 2)] == [8, 8, 8]
