"""The language task: a text from a config, its division, its state, its errors, and what it writes."""

import numpy as np
import pytest

from chainrule.cli.main import main
from chainrule.data import Text
from chainrule.experiments import ConfigError, open_config, run
from chainrule.training import Stream

CONFIG = """
task: language
data:
  dataset: {text_file: {path: my.txt, length: 5}}
  test_size: 0.2
  validation_size: 4
model:
  char_rnn: {vocabulary: 9, embedding: 4, hidden: 6}
loss: CrossEntropyLoss
optimizer: {Adam: {lr: 1e-2}}
training: {epochs: 2, batch_size: 3}
sample: {prompt: he, length: 12}
"""
PASSAGE = "hello world " * 9        # 8 different characters
GPT = ["model={gpt: {vocabulary: 9, layers: 1, width: 8, heads: 2, block_size: 5}}"]


@pytest.fixture
def path(tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "c.yaml").write_text(CONFIG)
    (tmp_path / "folder" / "my.txt").write_text(PASSAGE)
    return tmp_path / "folder" / "c.yaml"


def test_parts_are_pieces_in_order_and_nothing_is_drawn(path):
    experiment = open_config(path).experiment
    parts = experiment.parts()
    windows = np.concatenate([parts[name].x for name in ("training", "validation", "test")])
    text = parts["training"].characters.decode(windows.ravel())
    assert text == PASSAGE[:len(text)]
    assert len(parts["validation"]) == 4 and len(parts["test"]) == np.ceil(0.2 * len(windows))
    assert all(isinstance(part, Text) for part in parts.values())


def test_a_network_with_a_state_walks_on_and_one_without_is_shuffled(path):
    carried, plain = open_config(path).experiment, open_config(path, GPT).experiment
    assert isinstance(carried.loader, Stream) and isinstance(carried.batches(carried.test), Stream)
    assert plain.loader.shuffle and not plain.batches(plain.test).shuffle
    for experiment in (carried, plain):
        experiment.run()
        assert {"test_loss", "test_bits_per_character"} == set(experiment.judge())
        assert experiment.trainer.history[-1]["loss"] < experiment.trainer.history[0]["loss"]


def test_the_folder_has_what_was_written_and_the_command_shows_it(path, capsys):
    assert main(["train", str(path), "--runs", str(path.parent)]) == 0
    (sample,) = path.parent.glob("*/sample.txt")
    written = sample.read_text()
    assert written.startswith("he") and len(written) == 2 + 12 + 1
    assert written in capsys.readouterr().out


@pytest.mark.parametrize("changes", [[], GPT])
def test_the_seed_decides_what_is_written(path, changes):
    first, again, other = (run(open_config(path, [*changes, f"seed={seed}"]), path.parent, verbose=False).path
                           for seed in (0, 0, 1))
    assert (first / "sample.txt").read_bytes() == (again / "sample.txt").read_bytes()
    assert (first / "sample.txt").read_bytes() != (other / "sample.txt").read_bytes()


def test_metrics_of_the_config_come_besides(path):
    experiment = open_config(path, ["metrics=[perplexity, accuracy]", "training.epochs=1"]).experiment
    experiment.run()
    assert list(experiment.judge()) == ["test_loss", "test_bits_per_character", "test_perplexity", "test_accuracy"]
    callbacks = "training.callbacks=[{EarlyStopping: {monitor: val_bits_per_character}}]"
    assert open_config(path, [callbacks]).experiment.validation is not None


@pytest.mark.parametrize(("change", "shown"), [
    ("model.char_rnn.vocabulary=7", r"model.char_rnn: gives scores of shape \(1, 7, 5\), but the text has 8 different "
                                    r"characters.*set the network's vocabulary"),
    ("model=[{Embedding: [9, 4]}, {Linear: [4, 9]}, {Flatten: 1}]", "gives scores of shape"),
    ("sample.prompt=hex", "sample.*: Characters expected a text of its 8 characters, got 'x' at 2"),
    ("sample.prompt=''", "sample.*prompt: .*at least one character"),
    ("sample.top_k=0", "sample.top_k: expected a whole number of at least 1"),
    ("sample.temperature=-1", "sample.temperature: expected a number of at least 0"),
    ("data={dataset: xor}", "data.dataset: language expected a text as dataset; write alice, or text_file: my.txt"),
    ("data.dataset.text_file.path=none.txt", "text_file.path: .*can be read, got .*none.txt: No such file"),
    ("data.dataset.text_file.path=7", "expected the path of a file, got the number 7"),
    ("data.dataset.text_file.length=1000", "length: text expected more than length=1000 characters, got 108"),
])
def test_what_does_not_fit_is_said_at_its_place(path, change, shown):
    with pytest.raises(ConfigError, match=shown):
        open_config(path, [change])


def test_a_run_can_be_made_again_from_its_folder(path, tmp_path, monkeypatch):
    monkeypatch.chdir(path.parent)
    ended = run(open_config("c.yaml", ["training.epochs=1"]), tmp_path / "runs", verbose=False)
    monkeypatch.chdir(tmp_path)
    again = run(open_config(ended.path / "config.yaml"), tmp_path / "runs", verbose=False)
    for name in ("weights.safetensors", "sample.txt", "config.yaml"):
        assert (ended.path / name).read_bytes() == (again.path / name).read_bytes()


def test_a_network_with_a_state_can_be_written_out(path):
    model = """model={Graph: {inputs: [x], optional: [h0, c0], outputs: [scores, h, c], nodes: {
        table: [{Embedding: [8, 4]}, x],
        lstm: [{LSTM: {input_size: 4, hidden_size: 5, batch_first: true}}, table, [h0, c0]],
        read: [{Select: 0}, lstm], scores: [[{Linear: [5, 8]}, {Transpose: [1, 2]}], read],
        h: [{Select: 1}, lstm], c: [{Select: 2}, lstm]}}}"""
    experiment = open_config(path, [model]).experiment
    assert isinstance(experiment.loader, Stream)
    experiment.run()
    assert experiment.trainer.history[-1]["loss"] < experiment.trainer.history[0]["loss"]


def test_a_path_is_one_from_the_folder_of_its_file_and_on_the_command_line_from_here(path, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "other.txt").write_text("abc" * 30)
    found = open_config("folder/c.yaml", ["data.dataset.text_file.path=other.txt", "sample.prompt=a"]).experiment
    assert found.loader.dataset.characters.characters == "abc"
    assert open_config("folder/c.yaml").experiment.loader.dataset.characters.characters == " dehlorw"
