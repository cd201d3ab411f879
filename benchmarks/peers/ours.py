"""Chainrule as its users write it."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from chainrule import layers, losses, models, optim
from chainrule.layers.core import inference
from chainrule.models.transformer import TransformerEncoderLayer
from chainrule.training import Trainer, train_step
from chainrule.training.callbacks import Callback, Row

from .. import specs
from ..workload import Adam, Workload, probe
from .prediction import Prediction, predict
from .task import Task

__all__ = ["Ours", "build"]

LOSSES = {"cross_entropy": losses.CrossEntropyLoss, "mse": losses.MSELoss}


class CausalBlock(TransformerEncoderLayer):
    """A Transformer layer in which nobody looks ahead."""

    def forward(self, src: np.ndarray) -> np.ndarray:
        return super().forward(src, is_causal=True)


def build(network: specs.Network) -> models.Sequential:
    """Return the network."""
    return models.Sequential(*map(_layer, network))


def _layer(spec: specs.Spec) -> layers.Layer:
    match spec:
        case specs.Linear(inputs, outputs):
            return layers.Linear(inputs, outputs)
        case specs.Conv(inputs, outputs, kernel):
            return layers.Conv2d(inputs, outputs, kernel, stride=spec.stride, padding=spec.padding,
                                 groups=spec.groups, bias=spec.bias)
        case specs.BatchNorm(channels):
            return layers.BatchNorm2d(channels)
        case specs.LayerNorm(width):
            return layers.LayerNorm(width)
        case specs.ReLU():
            return layers.ReLU()
        case specs.Sigmoid():
            return layers.Sigmoid()
        case specs.MaxPool(size):
            return layers.MaxPool2d(size)
        case specs.AvgPool(size):
            return layers.AvgPool2d(size)
        case specs.Flatten(start, end):
            return layers.Flatten(start, end)
        case specs.Residual(branch, shortcut):
            return models.Residual(build(branch), build(shortcut) if shortcut else None)
        case specs.Embedding(count, width):
            return layers.Embedding(count, width)
        case specs.Positions(length, width):
            return layers.LearnedPositions(length, width)
        case specs.GRU(inputs, hidden):
            return models.Sequential(layers.GRU(inputs, hidden), layers.Select(1))
        case specs.LSTM(inputs, hidden):
            return models.Sequential(layers.LSTM(inputs, hidden), layers.Select(1))
        case specs.Block(width, heads, hidden):
            return CausalBlock(width, heads, hidden, dropout=0.0, activation="gelu", batch_first=True, norm_first=True)
        case specs.Attention():
            return layers.ScaledDotProductAttention(is_causal=True)
    raise NotImplementedError(f"no layer of ours for {spec}")


class StopAt(Callback):
    """Ends a fit when enough of the validation data is right."""

    def __init__(self, accuracy: float) -> None:
        self.accuracy = accuracy

    def on_epoch_end(self, trainer: Trainer, row: Row) -> None:
        if row["val_accuracy"] >= self.accuracy:
            trainer.stop("enough is right")


class Ours(Task):
    """Sequential, a loss and an optimiser."""

    modules = ("chainrule", "numpy", "scipy", "numba")

    def __init__(self, workload: Workload) -> None:
        super().__init__(workload)
        self.model = build(workload.network)
        self.model.load_state_dict(workload.weights())
        self.x, self.y = workload.arrays()
        self.loss = LOSSES[workload.loss]() if workload.loss else None
        self.step = {"train": self.train, "layer": self.both_ways, "infer": self.infer, "fit": self.fit}[workload.mode]
        if workload.mode == "train":
            self.model.needs_input_grad = False         # nobody wants the gradient of the data
            self.optimizer = self.make_optimizer(self.model)
        elif workload.mode == "infer":
            self.model.eval()
        elif workload.mode == "fit":
            self.split, self.seed = workload.split(), 0
        elif self.loss is None:
            self.grad_out = probe(self.model.forward(*self.x).shape)

    def make_optimizer(self, model: models.Sequential) -> optim.Optimizer:
        rule = optim.Adam if isinstance(self.workload.optimizer, Adam) else optim.SGD
        return rule(model.parameters(), lr=self.workload.optimizer.lr)

    def step(self) -> float:
        raise NotImplementedError("set to one of the four below")

    def train(self) -> float:
        return train_step(self.model, self.loss, self.optimizer, *self.x, self.y)

    def both_ways(self) -> float:
        self._both_ways()
        return 0.0

    def _both_ways(self) -> tuple[Any, Any]:
        self.model.zero_grad()
        if self.loss is not None:
            return np.array(self.loss.forward(*self.x, self.y)), self.loss.backward()
        return self.model.forward(*self.x), self.model.backward(self.grad_out)

    def infer(self) -> float:
        with inference():
            self.model.forward(*self.x)
        return 0.0

    def fit(self) -> float:
        self.seed += 1
        model = build(self.workload.network)
        model.load_state_dict(self.workload.weights())
        history = model.fit(
            self.split.x, self.split.y, loss=self.loss, optimizer=self.make_optimizer(model), verbose=0,
            epochs=self.workload.epochs, batch_size=self.workload.batch, rng=np.random.default_rng(self.seed),
            validation_data=(self.split.x_test, self.split.y_test), metrics=["accuracy"],
            callbacks=[StopAt(self.workload.wanted)])
        self.check_reached(history[-1]["val_accuracy"])
        return 0.0

    def predict(self) -> Prediction:
        """Return what a step's memory should be."""
        return predict(self.model, self.x, self.y, 2 if isinstance(self.workload.optimizer, Adam) else 0)

    def arrays(self) -> Mapping[str, np.ndarray]:
        if self.workload.mode == "infer":
            return {"y": self.model.forward(*self.x)}
        if self.workload.mode == "fit":
            return {"loss": np.array(self.loss.forward(self.model.forward(self.split.x), self.split.y))}
        y, grads = self._both_ways()
        grad_x = grads if isinstance(grads, tuple) else (grads,)
        return {"y": y} | {f"gradient of x{index}": grad for index, grad in enumerate(grad_x) if grad is not None} | {
            f"gradient of {name}": parameter.grad for name, parameter in self.model.named_parameters()}
