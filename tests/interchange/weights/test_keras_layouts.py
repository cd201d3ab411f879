"""Networks of Keras, made here again, answer as they did there."""

from pathlib import Path

import numpy as np
import pytest

from chainrule.interchange.weights import import_weights
from chainrule.interchange.weights.keras_layouts import from_keras
from chainrule.interchange.weights.keras_reading import Variables
from chainrule.layers import (
    GRU,
    LSTM,
    RNN,
    BatchNorm1d,
    BatchNorm2d,
    Conv1d,
    Conv2d,
    ConvTranspose1d,
    ConvTranspose2d,
    Embedding,
    Flatten,
    GroupNorm,
    LayerNorm,
    Linear,
    ReLU,
    Select,
)
from chainrule.layers.core import ShapeError
from chainrule.models import Sequential

FILES = Path(__file__).parent / "files"
NETWORKS = {
    "pictures": lambda: Sequential(
        Conv2d(3, 4, 3), BatchNorm2d(4), ReLU(), Conv2d(4, 4, 3, groups=4), ConvTranspose2d(4, 5, 2, stride=2),
        GroupNorm(1, 5), Flatten(), Linear(400, 7), Linear(7, 6, bias=False)),
    "signals": lambda: Sequential(Conv1d(3, 4, 3), BatchNorm1d(4, affine=False), ConvTranspose1d(4, 5, 2)),
    "lstm": lambda: Sequential(LSTM(3, 5, batch_first=True), Select(0)),
    "gru": lambda: Sequential(GRU(3, 5, batch_first=True), Select(0), GRU(5, 4, batch_first=True), Select(0)),
    "rnn": lambda: Sequential(RNN(3, 5, batch_first=True), Select(0), LayerNorm(5)),
}
CHANNELS_LAST = ("pictures", "signals")


@pytest.mark.parametrize("name", NETWORKS)
def test_same_answers_as_keras(name):
    pytest.importorskip("h5py")
    model = NETWORKS[name]().eval()
    with np.load(FILES / "answers.npz") as answers:
        x, y = answers[f"{name}.x"], answers[f"{name}.y"]
    if name in CHANNELS_LAST:
        x = np.moveaxis(x, -1, 1)
    found = import_weights(model, FILES / f"{name}.weights.h5", input_shape=x.shape)
    ours = model.forward(x)
    if ours.ndim > 2 and name in CHANNELS_LAST:
        ours = np.moveaxis(ours, 1, -1)
    assert found.whole
    np.testing.assert_allclose(ours, y, rtol=0, atol=2e-6 * np.abs(y).max())


def test_the_whole_file_of_a_model():
    pytest.importorskip("h5py")
    one, other = NETWORKS["rnn"](), NETWORKS["rnn"]()
    import_weights(one, FILES / "rnn.keras")
    import_weights(other, FILES / "rnn.weights.h5")
    for name, value in one.state_dict().items():
        np.testing.assert_array_equal(value, other.state_dict()[name])


def test_an_lstm_has_one_bias_there_and_two_here():
    rng = np.random.default_rng(0)
    kernel, recurrent, bias = (rng.standard_normal(shape) for shape in ((3, 20), (5, 20), 20))
    state = from_keras(LSTM(3, 5), [Variables("lstm", 0, (kernel, recurrent, bias))])
    np.testing.assert_array_equal(state["bias_ih_l0"] + state["bias_hh_l0"], bias)
    np.testing.assert_array_equal(state["weight_ih_l0"], kernel.T)


def test_layers_are_matched_in_order_of_their_kind():
    table = np.arange(6.0).reshape(3, 2)
    first, second = Variables("dense", 0, (np.ones((2, 4)),)), Variables("dense", 1, (np.zeros((4, 5)),))
    model = Sequential(Embedding(3, 2), Linear(2, 4, bias=False), Linear(4, 5, bias=False))
    state = from_keras(model, [Variables("embedding", 0, (table,)), first, second])
    assert {name: array.shape for name, array in state.items()} == {"0.weight": (3, 2), "1.weight": (4, 2),
                                                                    "2.weight": (5, 4)}


@pytest.mark.parametrize(("model", "found", "words"), [
    (Linear(2, 3), [Variables("dense", 0, (np.ones((2, 3)), np.ones(3))), Variables("dense", 1, (np.ones((3, 3)),))],
     "dense_1"),
    (Linear(2, 3), [Variables("attention", 0, (np.ones(2),))], "attention_0"),
    (LSTM(3, 5, num_layers=2), [Variables("lstm", 0, (np.ones((3, 20)), np.ones((5, 20)), np.ones(20)))], "one layer"),
    (Sequential(Conv2d(3, 4, 3), Flatten(), Linear(4, 2)), [], "input_shape"),
])
def test_what_has_no_counterpart(model, found, words):
    with pytest.raises(ShapeError, match=words):
        from_keras(model, found)
