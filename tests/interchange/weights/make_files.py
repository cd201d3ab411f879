"""Writes the files that the tests of Keras's weights read, with what Keras answers: run where Keras 3 is installed."""

import os

os.environ.setdefault("KERAS_BACKEND", "torch")

from pathlib import Path

import keras
import numpy as np
from keras import layers

FILES = Path(__file__).parent / "files"
NETWORKS = {
    "pictures": ((9, 8, 3), [layers.Conv2D(4, 3, name="named"), layers.BatchNormalization(epsilon=1e-5), layers.ReLU(),
                             layers.DepthwiseConv2D(3), layers.Conv2DTranspose(5, 2, strides=2),
                             layers.GroupNormalization(1, epsilon=1e-5), layers.Flatten(), layers.Dense(7),
                             layers.Dense(6, use_bias=False)]),
    "signals": ((11, 3), [layers.Conv1D(4, 3), layers.BatchNormalization(epsilon=1e-5, center=False, scale=False),
                          layers.Conv1DTranspose(5, 2)]),
    "lstm": ((6, 3), [layers.LSTM(5, return_sequences=True)]),
    "gru": ((6, 3), [layers.GRU(5, return_sequences=True), layers.GRU(4, return_sequences=True, reset_after=True)]),
    "rnn": ((6, 3), [layers.SimpleRNN(5, return_sequences=True), layers.LayerNormalization(epsilon=1e-5)]),
}


def main() -> None:
    """Make every network with random weights, all of them unequal, and note what it answers."""
    rng, answers = np.random.default_rng(0), {}
    for name, (shape, parts) in NETWORKS.items():
        model = keras.Sequential([keras.Input(shape), *parts])
        for weight in model.weights:
            weight.assign(rng.uniform(0.2, 0.9, weight.shape) * rng.choice([1.0, -0.5], weight.shape)
                          if "variance" not in weight.path else rng.uniform(0.5, 2.0, weight.shape))
        answers[f"{name}.x"] = rng.standard_normal((2, *shape)).astype(np.float32)
        answers[f"{name}.y"] = model.predict(answers[f"{name}.x"], verbose=0)
        model.save_weights(FILES / f"{name}.weights.h5")
    model.save(FILES / "rnn.keras")
    np.savez_compressed(FILES / "answers.npz", **answers)


if __name__ == "__main__":
    main()
