"""numpy-ml: perceptrons and single convolutions, in NumPy, with the gradients written by hand.

Version 0.1.2 was made for Python up to 3.9 and NumPy up to 1.23; a few names that both have dropped since are put back
before it is imported. Pictures have their channels last.
"""

import collections
import collections.abc
from collections.abc import Mapping

import numpy as np

from .. import specs
from ..workload import Adam, Unable, Workload, probe
from .task import Task

collections.Hashable = collections.abc.Hashable         # type: ignore[attr-defined]    # what Python dropped in 3.10

from numpy_ml.neural_nets.layers import Conv2D, FullyConnected, Softmax  # noqa: E402    # needs the line above
from numpy_ml.neural_nets.losses import CrossEntropy  # noqa: E402

__all__ = ["NumpyML"]


class NumpyML(Task):
    """``forward``, ``backward`` and ``update`` layer by layer; the mean over the batch is taken here."""

    modules = ("numpy_ml",)

    def __init__(self, workload: Workload) -> None:
        super().__init__(workload)
        weights = iter(workload.weights().values())
        if workload.mode == "layer" and isinstance(workload.network[0], specs.Conv):
            (spec,), ((x,), _) = workload.network, workload.arrays()
            if spec.groups > 1:
                raise Unable("has no groups")
            self.layer = Conv2D(spec.outputs, (spec.kernel, spec.kernel), pad=spec.padding, stride=spec.stride)
            self.layer.in_ch = spec.inputs
            self.layer._init_params()                   # there is no public way to begin with given weights
            self.give(self.layer, next(weights).transpose(2, 3, 1, 0),
                      next(weights) if spec.bias else np.zeros(spec.outputs, np.float32))
            self.x = np.ascontiguousarray(x.transpose(0, 2, 3, 1))
            self.grad_out = None
            self.step = self.both_ways
        elif workload.mode == "train" and workload.loss == "cross_entropy" and all(
                isinstance(spec, specs.Linear | specs.ReLU) for spec in workload.network):
            (self.x,), y = workload.arrays()
            rule = workload.optimizer
            self.layers = []
            for spec in (spec for spec in workload.network if isinstance(spec, specs.Linear)):
                layer = FullyConnected(spec.outputs, act_fn="ReLU", optimizer=(
                    f"Adam(lr={rule.lr})" if isinstance(rule, Adam) else f"SGD(lr={rule.lr})"))
                layer.n_in = spec.inputs
                layer._init_params()
                self.give(layer, next(weights).T, next(weights))
                self.layers.append(layer)
            self.layers[-1].act_fn = FullyConnected(1).act_fn       # the scores are as they are
            self.y = np.eye(workload.network[-1].outputs, dtype=np.float32)[y]
            self.softmax, self.loss = Softmax(), CrossEntropy()
            self.step = self.train
        else:
            raise Unable("is measured with perceptrons on classes and with single convolutions")

    @staticmethod
    def give(layer: FullyConnected | Conv2D, weight: np.ndarray, bias: np.ndarray) -> None:
        """Set the weights, and gradients of the same precision."""
        layer.parameters = {"W": np.ascontiguousarray(weight), "b": bias.reshape(layer.parameters["b"].shape)}
        layer.gradients = {name: np.zeros_like(array) for name, array in layer.parameters.items()}

    @classmethod
    def wake(cls) -> None:
        """Run a tiny layer both ways."""
        layer = FullyConnected(2)
        layer.forward(np.ones((3, 4), np.float32))
        layer.backward(np.ones((3, 2), np.float32))

    def step(self) -> float:
        raise NotImplementedError("set to one of the two below")

    def train(self) -> float:
        y = self.x
        for layer in self.layers:
            y = layer.forward(y)
        y = self.softmax.forward(y, retain_derived=False)
        loss = self.loss.loss(self.y, y) / len(y)
        grad = self.loss.grad(self.y, y) / len(y)
        for layer in reversed(self.layers):
            grad = layer.backward(grad)
        for layer in self.layers:
            layer.update()
        return float(loss)

    def both_ways(self) -> float:
        self.layer.flush_gradients()
        self.y = self.layer.forward(self.x)
        if self.grad_out is None:
            n, h, w, c = self.y.shape
            self.grad_out = np.ascontiguousarray(probe((n, c, h, w)).transpose(0, 2, 3, 1))
        self.grad_x = self.layer.backward(self.grad_out)
        return 0.0

    def arrays(self) -> Mapping[str, np.ndarray]:
        self.both_ways()
        grads = self.layer.gradients
        found = {"y": self.y.transpose(0, 3, 1, 2), "gradient of x0": self.grad_x.transpose(0, 3, 1, 2),
                 "gradient of 0.weight": grads["W"].transpose(3, 2, 0, 1)}
        return found | ({"gradient of 0.bias": grads["b"].ravel()} if self.workload.network[0].bias else {})
