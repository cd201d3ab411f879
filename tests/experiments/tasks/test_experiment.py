"""An experiment that is ready to run."""

import numpy as np
import pytest

from chainrule.experiments import open_config
from chainrule.training import Callback

CONFIG = """\
data:
  dataset: {blobs: {n_samples: 41, n_classes: 3}}
  test_size: 10
model:
  - Linear: [2, 5]
  - Residual:
      branch: [{Linear: [5, 5]}, Tanh]
  - Linear: [5, 3]
loss: CrossEntropyLoss
optimizer: {SGD: {lr: 0.1}}
metrics: [accuracy]
training: {epochs: 2, batch_size: 30}
"""


@pytest.fixture
def path(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "c.yaml").write_text(CONFIG)
    return "c.yaml"


def test_judge_tells_of_the_test_data_alone(path):
    experiment = open_config(path, ["training.epochs=30"]).experiment
    seen = []

    class Watch(Callback):
        def on_batch_begin(self, trainer, x, y):
            seen.append(x)

    experiment.run(Watch())
    judged = experiment.judge()
    assert set(judged) == {"test_loss", "test_accuracy"}
    prediction = experiment.model.eval().forward(experiment.test.x).argmax(axis=1)
    assert judged["test_accuracy"] == np.mean(prediction == experiment.test.y)
    held_out = {row.tobytes() for row in experiment.test.x}
    assert not held_out & {row.tobytes() for x in seen for row in x}


def test_first_samples_are_training_samples(path):
    x, y = open_config(path).experiment.first_samples(3)
    assert x.shape == (3, 2)
    assert y.shape == (3,)


def test_parts_are_those_that_there_are(path):
    experiment = open_config(path, ["data.validation_size=6"]).experiment
    assert {name: len(part) for name, part in experiment.parts().items()} == {
        "training": 25, "validation": 6, "test": 10}
    assert set(open_config(path, ["data.test_size=0"]).experiment.parts()) == {"training"}
