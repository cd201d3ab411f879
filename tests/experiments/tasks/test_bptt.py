"""``training.bptt``: every way trains from a config, goes on bit by bit, and is refused where it is none."""

import math

import numpy as np
import pytest

import chainrule
from chainrule.backprop import AdaptiveTruncation, Overlapping, Substituted, TruncatedBPTT, WindowStream
from chainrule.experiments import ConfigError, open_config, resume, run
from chainrule.losses import CrossEntropyLoss
from chainrule.models.zoo import char_rnn
from chainrule.optim import SGD

pytestmark = pytest.mark.usefixtures("quickly")

TEXT = ("data.dataset={text: {text: %s, length: 5}}" % ("abcabdab" * 10), "sample.length=9", "sample.prompt=a",
        "training.epochs=2", "training.batch_size=2", "data.test_size=0.1",
        "model.char_rnn={vocabulary: 5, embedding: 4, hidden: 6, layers: 2, dropout: 0.2}")
COPY = ("training.epochs=2", "data.dataset={copying: {n_samples: 120, length: 7, symbols: 4}}", "data.test_size=20",
        "model.seq2seq={vocabulary: 5, embedding: 4, hidden: 6}")
WAYS = {
    "truncated": ("char_lstm", *TEXT, "training.bptt={k1: 3, k2: 7}"),
    "adaptive": ("char_lstm", *TEXT, "training.bptt={delta: 0.5, lags: 10}", "training.callbacks=[]"),
    "in little memory": ("char_lstm", *TEXT, "training.bptt.slots=2"),
    "both": ("copy_gru", *COPY, "training.bptt={k2: 3, slots: 2}"),
}


def trained(recipe, *overrides):
    experiment = open_config(recipe, overrides).experiment
    experiment.run()
    return experiment


@pytest.mark.parametrize("way", ["truncated", *(pytest.param(way, marks=pytest.mark.long) for way in WAYS
                                                if way != "truncated")])
def test_every_way_goes_on_as_if_it_had_not_been_interrupted(tmp_path, monkeypatch, interrupt, outcome, way):
    monkeypatch.chdir(tmp_path)
    recipe, *overrides = WAYS[way]
    whole = run(open_config(recipe, overrides), verbose=False)
    ended = interrupt(open_config(recipe, overrides), 3)
    assert ended.result["epoch"] == 0
    assert outcome(resume(ended.path, verbose=False).path) == outcome(whole.path)


@pytest.mark.parametrize(("k1", "k2"), [(7, 7), (4, 9), (5, 24)])
def test_truncated_training_is_that_of_truncated_bptt(k1, k2):
    plain = "model.char_rnn={vocabulary: 5, embedding: 4, hidden: 6}"
    experiment = trained("char_lstm", *TEXT, plain, f"training.bptt={{k1: {k1}, k2: {k2}}}",
                         "optimizer={SGD: {lr: 0.5}}", "schedule=null", "training.callbacks=[{ClipGradNorm: 1.0}]",
                         "training.report=false")
    chainrule.manual_seed(0)
    model = char_rnn(5, embedding=4, hidden=6)
    assert isinstance(experiment.loader, WindowStream)
    by_hand = TruncatedBPTT(model, CrossEntropyLoss(), SGD(model.parameters(), lr=0.5), k1, k2, max_norm=1.0)
    losses = [by_hand.epoch(*experiment.loader.streams()) for _ in range(2)]
    np.testing.assert_allclose([row["loss"] for row in experiment.trainer.history.rows], losses, rtol=1e-12)
    for name, value in model.state_dict().items():
        np.testing.assert_array_equal(experiment.model.state_dict()[name], value)


def test_adaptive_training_finds_its_reach_before_every_epoch():
    recipe, *overrides = WAYS["adaptive"]
    experiment = trained(recipe, *overrides)
    found = [row["k1"] for row in experiment.trainer.history.rows]
    network = experiment.trainer.model
    assert isinstance(network, Overlapping) and (network.k1, network.k2) == (found[-1], 2 * found[-1] - 1)
    assert all(2 <= each <= 10 for each in found)
    assert len(experiment.loader) == math.ceil(experiment.loader.steps / found[-1]) == experiment.trainer.batches
    assert any(isinstance(each, AdaptiveTruncation) for each in experiment.trainer.callbacks)


@pytest.mark.parametrize(("recipe", "sizes"), [("char_lstm", TEXT), ("copy_gru", COPY)])
def test_little_memory_trains_to_the_same_weights_but_for_rounding(recipe, sizes):
    sizes = [each.replace(", dropout: 0.2", "") for each in sizes]       # whose masks are drawn step by step there
    plain, little = trained(recipe, *sizes), trained(recipe, *sizes, "training.bptt.slots=2")
    assert isinstance(little.trainer.model, Substituted) and type(little.model) is type(plain.model)
    for name, value in plain.model.state_dict().items():
        np.testing.assert_allclose(little.model.state_dict()[name], value, rtol=1e-3, atol=1e-4)


def test_what_a_sequence_may_not_reach_changes_what_is_learned():
    full, cut, one = (trained("copy_gru", *COPY, f"training.bptt.k2={k2}").model.state_dict()
                      for k2 in ("null", "3", "7"))
    assert all((full[name] == one[name]).all() for name in full)         # a stretch as long as the sequences
    assert any((full[name] != cut[name]).any() for name in full)


@pytest.mark.parametrize(("recipe", "bptt", "message"), [
    ("digits_mlp", "{slots: 2}", r"training.bptt: .*expected a network with a recurrent layer, RNN, LSTM or GRU"),
    ("tiny_gpt", "{k1: 2}", "training.bptt: .*recurrent layer"),
    ("blobs_gan", "{slots: 2}", "training.bptt is not for"),
    ("copy_gru", "{k1: 2}", "training.bptt.k1: .*expected no k1 where every sample is a sequence of its own"),
    ("copy_gru", "{delta: 0.5}", "training.bptt.delta: .*expected no delta"),
    ("char_lstm", "{k1: 7, k2: 3}", "training.bptt.k2: .*expected k2 of at least k1=7"),
    ("char_lstm", "{k1: 7, delta: 0.5}", "expected k1 and k2, or delta, which chooses them"),
    ("char_lstm", "{lags: 50}", "training.bptt.lags: .*with delta alone"),
    ("char_lstm", "{delta: 0.5, lags: 5000}", "training.bptt.lags: .*streams of at least burn_in"),
    ("char_lstm", "{delta: 0}", r"training.bptt.delta: .*in \(0, 1\]"),
    ("char_lstm", "{k1: 0}", "training.bptt.k1: expected a whole number of at least 1"),
    ("char_lstm", "{k: 1}", "training.bptt.k: unknown key"),
    ("char_lstm", "full", "training.bptt: expected a mapping with keys of k1, k2, delta, lags, slots"),
])
def test_what_can_not_go_back_in_this_way(recipe, bptt, message):
    with pytest.raises(ConfigError, match=message):
        open_config(recipe, [f"training.bptt={bptt}"])


def test_layers_that_read_backwards_and_budgets_are_refused(tmp_path):
    (tmp_path / "c.yaml").write_text("""
data: {dataset: {keyword: {n_samples: 30}}}
model:
  - Transpose: [1, 2]
  - GRU: {input_size: 1, hidden_size: 4, batch_first: true, bidirectional: true}
  - Select: 0
  - Flatten
  - Linear: [512, 3]
loss: CrossEntropyLoss
optimizer: SGD
training: {epochs: 1}
""")
    with pytest.raises(ConfigError, match=r"training.bptt: .*GRU in one direction.*reads backwards"):
        open_config(tmp_path / "c.yaml", ["training.bptt.slots=3"])
    with pytest.raises(ConfigError, match="no bptt with a memory budget"):
        open_config("copy_gru", ["training.bptt.slots=3", "training.memory.budget=100%"])
