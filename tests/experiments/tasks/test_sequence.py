"""The sequence task: the right answer so far as a second input, and answers of its own."""

import numpy as np
import pytest

from chainrule.cli.main import main
from chainrule.experiments import ConfigError, open_config
from chainrule.training import shifted

CONFIG = """
task: sequence
data:
  dataset: {copying: {n_samples: 60, length: 3, symbols: 4}}
  test_size: 20
model:
  seq2seq: {vocabulary: 5, embedding: 4, hidden: 6}
loss: CrossEntropyLoss
optimizer: {Adam: {lr: 1e-2}}
training: {epochs: 2, batch_size: 15}
"""


@pytest.fixture
def path(tmp_path):
    (tmp_path / "c.yaml").write_text(CONFIG)
    return tmp_path / "c.yaml"


def test_the_network_is_given_the_answer_so_far(path):
    experiment = open_config(path).experiment
    (x, so_far), y = experiment.first_samples(4)
    assert (so_far == shifted(y)).all() and (x == y).all()
    assert experiment.summary().total.y_shapes == ((5, 3),)


def test_exact_under_teaching_is_exact_alone(path):
    experiment = open_config(path, ["training.epochs=30", "optimizer.Adam.lr=3e-2"]).experiment
    experiment.run()
    judged = experiment.judge()
    assert judged["test_exact_greedy"] == judged["test_exact_sequences"] > 0
    assert (experiment.answers(experiment.test)[:, :1] == experiment.test.y[:, :1]).any()


def test_without_test_data_nothing_is_judged_and_training_data_answered(path):
    experiment = open_config(path, ["data.test_size=0", "training.epochs=1"]).experiment
    experiment.run()
    assert experiment.judge() == {}
    assert len(experiment.keepsakes()["answers.txt"].decode().splitlines()) == 20


def test_the_command_shows_the_answers(path, capsys):
    assert main(["train", str(path), "--runs", str(path.parent)]) == 0
    (answers,) = path.parent.glob("*/answers.txt")
    lines = answers.read_text().splitlines()
    for line in lines:
        source, answer = line.removesuffix("  (wrong)").split(" -> ")
        assert (source != answer) == line.endswith("(wrong)")
    assert len(lines) == 20 and lines[0] in capsys.readouterr().out


def test_a_batch_can_be_traced(path, capsys):
    assert main(["trace", str(path), "--samples", "2"]) == 0
    assert "decoder  GRU" in capsys.readouterr().out


@pytest.mark.parametrize(("change", "shown"), [
    ("data.dataset=xor", r"data.dataset: sequence expected targets \(N, T\) of whole numbers, got float32"),
    ("model.seq2seq.vocabulary=4", "expected classes from 0 to 3 in target"),
    ("model=[{Embedding: [5, 4]}]", "model"),
])
def test_what_does_not_fit_is_said_at_its_place(path, change, shown):
    with pytest.raises(ConfigError, match=shown):
        open_config(path, [change, *(["data.test_size=1"] if "xor" in change else [])])


def test_symbols_that_the_network_lacks_would_be_no_surprise(path):
    assert np.unique(open_config(path).experiment.loader.dataset.x).tolist() == [1, 2, 3, 4]
