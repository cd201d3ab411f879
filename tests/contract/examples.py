"""The one contract table: an example of every exported layer, model and loss, with sizes odd and unequal."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from chainrule import layers, losses, models
from chainrule.layers import Layer, Linear, ReLU, Tanh
from chainrule.testing import Report, check_layer, check_loss


@dataclass(frozen=True)
class Case:
    """An example: how to make it, and the shape (or array) of its input; a tuple of these if it has several."""

    make: Callable[[], Layer]
    x: Any
    target: Any = None
    batch_axis: int | None = 0

    def check(self, **options: Any) -> Report:
        """Run the contract battery on the example."""
        if isinstance(self.make(), losses.Loss):
            return check_loss(self.make(), self.x, self.target, batch_axis=self.batch_axis, **options)
        several = isinstance(self.x, tuple) and not all(isinstance(size, int) for size in self.x)
        return check_layer(self.make(), *(self.x if several else (self.x,)), batch_axis=self.batch_axis, **options)


positive = np.linspace(0.3, 3, 15).reshape(5, 3)
chance = np.random.default_rng(0).uniform(0.02, 0.98, (7, 5))
chances = np.random.default_rng(0).dirichlet(np.ones(5), 7)
labels = np.array([0, 3, 1, 2, 0, 4, 1])
pixels = np.random.default_rng(0).integers(0, 5, (3, 2, 4))
weight = [1.0, 2.0, 0.5, 3.0, 1.5]

LAYERS = {
    "Add": Case(layers.Add, ((5, 3), (3,), (5, 1)), batch_axis=None),
    "CELU": Case(lambda: layers.CELU(1.5), (5, 3)),
    "Concat": Case(layers.Concat, ((5, 3), (5, 2), (5, 4))),
    "Copy": Case(lambda: layers.Copy(3), (5, 3)),
    "Cos": Case(layers.Cos, (5, 3)),
    "Divide": Case(layers.Divide, ((5, 3), positive)),
    "Dropout": Case(lambda: layers.Dropout(0.3), (7, 5)),
    "Dropout: nothing is left": Case(lambda: layers.Dropout(1.0), (7, 5)),
    "ELU": Case(lambda: layers.ELU(1.5), (5, 3)),
    "Exp": Case(layers.Exp, (5, 3)),
    "Flatten": Case(layers.Flatten, (5, 3, 2, 4)),
    "Flatten: inner axes": Case(lambda: layers.Flatten(1, 2), (5, 3, 2, 4)),
    "GELU": Case(layers.GELU, (5, 3)),
    "GELU: tanh": Case(lambda: layers.GELU("tanh"), (5, 3)),
    "GLU": Case(lambda: layers.GLU(1), (5, 6, 3)),
    "Hardshrink": Case(layers.Hardshrink, (5, 3)),
    "Hardsigmoid": Case(layers.Hardsigmoid, (7, 5)),
    "Hardswish": Case(layers.Hardswish, (7, 5)),
    "Hardtanh": Case(lambda: layers.Hardtanh(-0.5, 1.5), (5, 3)),
    "Identity": Case(layers.Identity, (5, 3)),
    "LeCunTanh": Case(layers.LeCunTanh, (5, 3)),
    "LeakyReLU": Case(lambda: layers.LeakyReLU(0.2), (5, 3)),
    "Linear": Case(lambda: Linear(5, 3), (7, 5)),
    "Linear: sequences, no bias": Case(lambda: Linear(5, 3, bias=False), (2, 7, 5)),
    "Log": Case(layers.Log, positive),
    "LogSigmoid": Case(layers.LogSigmoid, (5, 3)),
    "LogSoftmax": Case(lambda: layers.LogSoftmax(1), (5, 4, 3)),
    "MatMul": Case(layers.MatMul, ((2, 3, 4), (4, 5)), batch_axis=None),
    "Maximum": Case(layers.Maximum, ((5, 3), (5, 3))),
    "Maxout": Case(lambda: layers.Maxout(5, 3, k=4), (7, 5)),
    "Mish": Case(layers.Mish, (5, 3)),
    "Multiply": Case(layers.Multiply, ((5, 3), (5, 1))),
    "PReLU": Case(lambda: layers.PReLU(3), (5, 3, 2)),
    "PReLU: one slope": Case(layers.PReLU, (5, 3)),
    "Power": Case(lambda: layers.Power(3), (5, 3)),
    "RReLU": Case(layers.RReLU, (7, 5)),
    "ReLU": Case(ReLU, (5, 3)),
    "ReLU6": Case(layers.ReLU6, np.linspace(-3, 9, 35).reshape(7, 5)),
    "SELU": Case(layers.SELU, (5, 3)),
    "Select": Case(lambda: layers.Select(1), ((5, 3), (5, 2))),
    "SiLU": Case(layers.SiLU, (5, 3)),
    "Sigmoid": Case(layers.Sigmoid, (5, 3)),
    "Sin": Case(layers.Sin, (5, 3)),
    "Softmax": Case(layers.Softmax, (5, 3)),
    "Softmax: channels": Case(lambda: layers.Softmax(1), (5, 4, 3)),
    "Softplus": Case(lambda: layers.Softplus(2.0, threshold=1.5), (5, 3)),
    "Softshrink": Case(layers.Softshrink, (5, 3)),
    "Softsign": Case(layers.Softsign, (5, 3)),
    "Subtract": Case(layers.Subtract, ((5, 3), (5, 1))),
    "Tanh": Case(Tanh, (5, 3)),
    "Tanhshrink": Case(layers.Tanhshrink, (5, 3)),
    "Threshold": Case(lambda: layers.Threshold(0.1, 20.0), (5, 3)),
    "Unflatten": Case(lambda: layers.Unflatten(1, (3, -1)), (5, 6)),
}


def twice() -> models.Sequential:
    """A network that uses one layer at two places."""
    shared = Linear(3, 3)
    return models.Sequential(Linear(5, 3), shared, Tanh(), models.Sequential(shared, ReLU()))


MODELS = {
    "Graph": Case(lambda: models.Graph(
        ["x", "z"], {"f": (layers.Multiply(), "q", "h"), "h": (Linear(3, 3), "z"), "q": (layers.Add(), "x", "h")},
        ["f", "q"]), ((5, 3), (5, 3))),
    "Parallel": Case(lambda: models.Parallel(Linear(5, 3), models.Sequential(Linear(5, 4), Tanh())), (7, 5)),
    "Residual": Case(lambda: models.Residual(models.Sequential(Linear(5, 5), Tanh())), (7, 5)),
    "Residual: shortcut": Case(lambda: models.Residual(models.Sequential(Linear(5, 3), ReLU()), Linear(5, 3)), (7, 5)),
    "Sequential": Case(lambda: models.Sequential(Linear(5, 4), layers.Dropout(0.3), ReLU(), Linear(4, 3)), (7, 5)),
    "Sequential: a layer used twice": Case(twice, (7, 5)),
}

LOSSES = {
    "BCEWithLogitsLoss": Case(lambda: losses.BCEWithLogitsLoss(pos_weight=weight), (7, 5), chance),
    "CrossEntropyLoss": Case(lambda: losses.CrossEntropyLoss(weight, ignore_index=2, label_smoothing=0.1), (7, 5),
                             labels),
    "CrossEntropyLoss: distributions": Case(losses.CrossEntropyLoss, (7, 5), chances),
    "CrossEntropyLoss: pictures": Case(losses.CrossEntropyLoss, (3, 5, 2, 4), pixels),
    "L1Loss": Case(losses.L1Loss, (7, 5), (7, 5)),
    "MSELoss": Case(losses.MSELoss, (7, 5), (7, 5)),
    "MultiMarginLoss": Case(lambda: losses.MultiMarginLoss(margin=0.5), (7, 5), labels),
    "MultiMarginLoss: squared": Case(lambda: losses.MultiMarginLoss(p=2, weight=weight), (7, 5), labels),
    "NLLLoss": Case(lambda: losses.NLLLoss(weight, ignore_index=1), (7, 5), labels),
    "NLLLoss: pictures": Case(losses.NLLLoss, (3, 5, 2, 4), pixels),
}

EXAMPLES = LAYERS | MODELS | LOSSES
