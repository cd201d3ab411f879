"""Answers for the samples in a file."""

import csv
import io

import numpy as np
import pytest

from chainrule.experiments import open_config
from chainrule.experiments.runs.prediction import predict_file
from chainrule.layers.core import ChainruleError

CLASSES = """\
data: {dataset: {csv_file: {path: flowers.csv, label: kind}}, test_size: 0.25, standardize: true}
model: [{Linear: [2, 2]}]
loss: CrossEntropyLoss
optimizer: SGD
training: {epochs: 1}
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(0)
    rows = [f"{3 * a:.3f},{100 + b:.3f},{'rose' if a > b else 'lily'},{a + b:.3f}"
            for a, b in rng.normal(size=(40, 2))]
    (tmp_path / "flowers.csv").write_text("\n".join(["width,height,kind,age", *rows]) + "\n")
    return tmp_path


def table(text):
    return list(csv.DictReader(io.StringIO(text)))


def test_classes_have_their_names_and_probabilities(folder):
    (folder / "c.yaml").write_text(CLASSES.replace("[2, 2]", "[3, 2]"))
    experiment = open_config("c.yaml").experiment
    (folder / "new.csv").write_text("width,height,age\n1.5,101,0.5\n-2,99,1\n")
    rows = table(predict_file(experiment, "new.csv"))
    x = experiment.loader.dataset.preparation.apply(np.array([[1.5, 101, 0.5], [-2, 99, 1]]))
    linear = experiment.model[0]
    scores = x @ linear.weight.data.T + linear.bias.data
    chance = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    names = experiment.loader.dataset.preparation.classes
    assert sorted(names) == ["lily", "rose"]
    for row, wanted in zip(rows, chance, strict=True):
        assert row["prediction"] == names[wanted.argmax()]
        np.testing.assert_allclose([float(row[name]) for name in names], wanted, rtol=1e-5)


def test_numbers_come_in_the_units_of_the_data(folder):
    (folder / "c.yaml").write_text(CLASSES.replace("label: kind", "label: age").replace("CrossEntropyLoss", "MSELoss")
                                   .replace("standardize: true", "standardize_target: true")
                                   .replace("[2, 2]", "[4, 1]"))
    experiment = open_config("c.yaml").experiment
    model = experiment.model[0]
    model.weight.data, model.bias.data = np.zeros((1, 4)), np.zeros(1)
    np.savez(folder / "new.npz", x=np.ones((3, 4), np.int64))
    rows = table(predict_file(experiment, "new.npz"))
    ages = [float(row["age"]) for row in table((folder / "flowers.csv").read_text())]
    assert len(rows) == 3
    assert abs(float(rows[0]["prediction"]) - np.mean(ages)) < 0.5      # 0 deviations from the training part's mean


@pytest.mark.parametrize(("task", "what"), [("char_lstm", "continues a text"), ("blobs_gan", "makes samples")])
def test_tasks_that_answer_nothing_say_so(folder, task, what):
    experiment = open_config(task).experiment
    with pytest.raises(ChainruleError, match=what):
        experiment.predict(np.zeros((1, 2), np.float32))


def test_sequences_and_autoencoders_answer_in_their_way(folder):
    sequence, vae = (open_config(name).experiment for name in ("copy_gru", "digits_vae"))
    x, y = sequence.loader.dataset[:3]
    assert sequence.predict(x).shape == y.shape
    images = vae.loader.dataset.x[:3]
    assert vae.predict(images).shape == images.shape
    assert (vae.predict(images) == vae.predict(images)).all()


def test_samples_of_another_shape_are_refused(folder):
    (folder / "c.yaml").write_text(CLASSES.replace("[2, 2]", "[3, 2]"))
    np.save(folder / "new.npy", np.ones((3, 7)))
    with pytest.raises(ChainruleError, match="3"):
        predict_file(open_config("c.yaml").experiment, "new.npy")
