"""Keras on JAX: ``train_on_batch`` of a compiled Sequential; pictures have their channels last, as Keras has them."""

import os
from collections.abc import Mapping

os.environ["KERAS_BACKEND"] = "jax"

import keras  # asks for the line above when it is imported
import numpy as np

from .. import specs
from ..workload import Adam, Unable, Workload
from .task import Task

__all__ = ["Keras"]


class Keras(Task):
    """A step is ``train_on_batch``, which hands the loss back."""

    modules = ("keras", "jax")

    def __init__(self, workload: Workload) -> None:
        super().__init__(workload)
        if workload.mode != "train" or workload.loss != "cross_entropy":
            raise Unable("is measured with whole steps of training on classes")
        (x,), self.y = workload.arrays()
        self.x = np.ascontiguousarray(x.transpose(0, 2, 3, 1)) if x.ndim == 4 else x
        layers = list(map(_layer, workload.network))
        self.model = keras.Sequential([keras.Input(self.x.shape[1:]), *layers])
        for number, layer in enumerate(layers):
            layer.set_weights([_as_theirs(array) for name, array in workload.weights().items()
                               if name.startswith(f"{number}.") and array.ndim])
        rule = workload.optimizer
        self.model.compile(loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True), optimizer=(
            keras.optimizers.Adam(rule.lr, epsilon=1e-8) if isinstance(rule, Adam) else keras.optimizers.SGD(rule.lr)))

    def step(self) -> float:
        return float(self.model.train_on_batch(self.x, self.y))

    def arrays(self) -> Mapping[str, np.ndarray]:
        raise NotImplementedError("only trainings are measured")


def _as_theirs(array: np.ndarray) -> np.ndarray:
    """Return an array with the axis of the outputs last."""
    return array.T if array.ndim == 2 else array.transpose(2, 3, 1, 0) if array.ndim == 4 else array


def _layer(spec: specs.Spec) -> keras.Layer:
    match spec:
        case specs.Linear(_, outputs):
            return keras.layers.Dense(outputs)
        case specs.Conv(_, outputs, kernel, stride=1, groups=1) if spec.padding in (0, kernel // 2):
            return keras.layers.Conv2D(outputs, kernel, padding="same" if spec.padding else "valid", use_bias=spec.bias)
        case specs.BatchNorm():
            return keras.layers.BatchNormalization(momentum=0.9, epsilon=1e-5)
        case specs.ReLU():
            return keras.layers.ReLU()
        case specs.Sigmoid():
            return keras.layers.Activation("sigmoid")
        case specs.MaxPool(size):
            return keras.layers.MaxPooling2D(size)
        case specs.AvgPool(size):
            return keras.layers.AveragePooling2D(size)
        case specs.Flatten():
            return _ChannelsFirst()
    raise Unable(f"is not measured with {type(spec).__name__}")


class _ChannelsFirst(keras.layers.Layer):
    """Flatten in the order of the weights that all begin with."""

    def call(self, x: keras.KerasTensor) -> keras.KerasTensor:
        turned = keras.ops.transpose(x, (0, 3, 1, 2))
        return keras.ops.reshape(turned, (-1, int(np.prod(x.shape[1:]))))

    def compute_output_shape(self, shape: tuple[int, ...]) -> tuple[int, int]:
        return shape[0], int(np.prod(shape[1:]))

