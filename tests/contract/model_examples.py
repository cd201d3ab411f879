"""Examples of every container and of every network of the zoo."""

from collections.abc import Callable
from typing import Any

import numpy as np

from chainrule import layers, models
from chainrule.layers import Layer, Linear, ReLU, Tanh
from chainrule.losses import CrossEntropyLoss, Loss, MSELoss
from chainrule.models import zoo

from .case import Case

labels = np.array([0, 3, 1, 2, 0, 4, 1])


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
    "Transformer": Case(lambda: models.Transformer(4, 2, 1, 1, 3, activation="gelu"), ((3, 2, 4), (5, 2, 4)),
                        batch_axis=1),
    "TransformerDecoder": Case(lambda: models.TransformerDecoder(
        models.TransformerDecoderLayer(4, 2, 3, activation="gelu"), 1, layers.LayerNorm(4)), ((3, 2, 4), (5, 2, 4)),
        batch_axis=1),
    "TransformerDecoderLayer": Case(lambda: models.TransformerDecoderLayer(6, 3, 5, activation="gelu"),
                                    ((4, 2, 6), (5, 2, 6)), batch_axis=1),
    "TransformerEncoder": Case(lambda: models.TransformerEncoder(
        models.TransformerEncoderLayer(4, 2, 3, activation="gelu"), 1), (3, 2, 4), batch_axis=1),
    "TransformerEncoderLayer": Case(lambda: models.TransformerEncoderLayer(6, 3, 5, activation="gelu"), (4, 2, 6),
                                    batch_axis=1),
}

NETWORKS: dict[str, tuple[Callable[[], Layer], Loss, tuple[int, ...], Any]] = {
    "autoencoder": (lambda: zoo.autoencoder([6, 4, 2]), MSELoss(), (5, 6), (5, 6)),
    "lenet5": (lambda: zoo.lenet5(3), CrossEntropyLoss(), (2, 1, 28, 28), labels[:2] % 3),
    "mlp": (lambda: zoo.mlp([5, 4, 6, 3], Tanh, dropout=0.2), CrossEntropyLoss(), (7, 5), labels % 3),
    "resnet": (lambda: zoo.resnet(3, 1, (2, 3), blocks=1, image_size=8), CrossEntropyLoss(), (4, 1, 8, 8),
               labels[:4] % 3),
    "vgg": (lambda: zoo.vgg(3, 1, (2, 3), depth=1, image_size=8), CrossEntropyLoss(), (4, 1, 8, 8), labels[:4] % 3),
}
