"""The recipes that ship: each runs as it is, reproducibly, and reaches what its first lines promise."""

import numpy as np
import pytest

from chainrule.experiments import open_config, recipes, run


def test_the_recipes_are_these():
    assert recipes() == ["digits_autoencoder", "digits_cnn", "digits_mlp", "digits_resnet", "digits_softmax",
                         "digits_svm", "spirals_mlp", "xor"]


@pytest.mark.parametrize("name", recipes())
def test_two_runs_write_the_same_weights(tmp_path, name):
    weights = []
    for _ in range(2):
        ended = run(open_config(name, ["training.epochs=1"]), tmp_path, verbose=False)
        assert ended.result["status"] == "finished"
        weights.append((ended.path / "weights.safetensors").read_bytes())
    assert weights[0] == weights[1]
