"""Examples of every container and of every network of the zoo."""

from collections.abc import Callable
from typing import Any

import numpy as np

from chainrule import layers, models
from chainrule.layers import Layer, Linear, ReLU, Tanh
from chainrule.losses import BCEWithLogitsLoss, CrossEntropyLoss, ELBOLoss, Loss, MSELoss, WassersteinLoss
from chainrule.models import zoo
from chainrule.training import CarriedLoss

from .case import Case

labels = np.array([0, 3, 1, 2, 0, 4, 1])
tokens = np.array([[0, 3, 1, 2], [0, 4, 1, 1], [2, 2, 0, 3]])
chances = np.linspace(0, 1, 30).reshape(5, 6)
wanted = np.array([[1.0], [0.0], [1.0], [1.0]])


def twice() -> models.Sequential:
    """A network that uses one layer at two places."""
    shared = Linear(3, 3)
    return models.Sequential(Linear(5, 3), shared, Tanh(), models.Sequential(shared, ReLU()))


MODELS = {
    "Graph": Case(lambda: models.Graph(
        ["x", "z"], {"f": (layers.Multiply(), "q", "h"), "h": (Linear(3, 3), "z"), "q": (layers.Add(), "x", "h")},
        ["f", "q"]), ((5, 3), (5, 3))),
    "Graph: states": Case(lambda: models.Graph(
        ["x", "h0", "c0"], {"lstm": (layers.LSTM(5, 4), "x", ("h0", "c0")), "y": (layers.Select(0), "lstm"),
                            "c_n": (layers.Select(2), "lstm"), "z": (layers.GRU(4, 4), "y", "c_n")},
        ["z", "c_n"]), ((4, 3, 5), (1, 3, 4), (1, 3, 4)), batch_axis=1),
    "Graph: a state left out": Case(lambda: models.Graph(
        ["x"], {"lstm": (layers.LSTM(5, 4), "x", ("h0", "c0"))}, ["lstm"], ["h0", "c0"]), (4, 3, 5), batch_axis=1),
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
        models.TransformerEncoderLayer(4, 2, 3, activation="gelu"), 2, layers.LayerNorm(4)), (3, 2, 4), batch_axis=1),
    "TransformerEncoderLayer": Case(lambda: models.TransformerEncoderLayer(6, 3, 5, activation="gelu"), (4, 2, 6),
                                    batch_axis=1),
}

NETWORKS: dict[str, tuple[Callable[[], Layer], Loss, Any, Any]] = {
    "alexnet": (lambda: zoo.alexnet(3, 1, (2, 3, 2, 2, 2), 4), CrossEntropyLoss(), (2, 1, 63, 63), labels[:2] % 3),
    "autoencoder": (lambda: zoo.autoencoder([6, 4, 2]), MSELoss(), (5, 6), (5, 6)),
    "dcgan_discriminator: critic": (lambda: zoo.dcgan_discriminator(2, 3, 8, batch_norm=False), WassersteinLoss(),
                                    (4, 2, 8, 8), np.sign(wanted)),
    "dcgan_discriminator": (lambda: zoo.dcgan_discriminator(2, 3, 8), BCEWithLogitsLoss(), (4, 2, 8, 8), wanted),
    "dcgan_generator": (lambda: zoo.dcgan_generator(3, 2, 2, 4), MSELoss(), (4, 3), (4, 2, 4, 4)),
    "densenet": (lambda: zoo.densenet(3, 1, 2, (1, 2), 3, 2, large_images=False), CrossEntropyLoss(), (4, 1, 6, 8),
                 labels[:4] % 3),
    "gan": (lambda: zoo.gan(zoo.mlp([3, 4, 2], Tanh), zoo.mlp([2, 5, 1], Tanh)), BCEWithLogitsLoss(), (4, 3), wanted),
    "googlenet": (lambda: zoo.googlenet(3, 1, (2, 2, 3), [[(2, 1, 2, 2, 1, 1)], [(1, 2, 1, 1, 2, 1)]]),
                  CrossEntropyLoss(), (4, 1, 17, 19), labels[:4] % 3),
    "char_rnn": (lambda: zoo.char_rnn(5, 3, 4, 2, dropout=0.2), CarriedLoss(CrossEntropyLoss()), tokens, tokens),
    "gpt": (lambda: zoo.gpt(5, 2, 8, 2, 7, 0.1), CrossEntropyLoss(), tokens, tokens),
    "lenet5": (lambda: zoo.lenet5(3), CrossEntropyLoss(), (2, 1, 28, 28), labels[:2] % 3),
    "mlp": (lambda: zoo.mlp([5, 4, 6, 3], Tanh, dropout=0.2), CrossEntropyLoss(), (7, 5), labels % 3),
    "mobilenet": (lambda: zoo.mobilenet(3, 1, 0.5, [(4, 2), (6, 1), (8, 2)]), CrossEntropyLoss(), (4, 1, 7, 9),
                  labels[:4] % 3),
    "resnet": (lambda: zoo.resnet(3, 1, (2, 3), blocks=1, image_size=8), CrossEntropyLoss(), (4, 1, 8, 8),
               labels[:4] % 3),
    "seq2seq": (lambda: zoo.seq2seq(5, 3, 4, 2, 0.1), CrossEntropyLoss(), (tokens, tokens[:, :3]), tokens[:, :3]),
    "resnet: bottleneck": (lambda: zoo.resnet(3, 1, (2, 3), (2, 1), 20, bottleneck=True, large_images=True),
                           CrossEntropyLoss(), (4, 1, 20, 20), labels[:4] % 3),
    "unet": (lambda: zoo.unet(3, 1, (2, 3)), CrossEntropyLoss(), (2, 1, 18, 20), np.arange(16).reshape(2, 2, 4) % 3),
    "vae": (lambda: zoo.vae([6, 4], 2, Tanh), ELBOLoss(), (5, 6), chances),
    "vgg": (lambda: zoo.vgg(3, 1, (2, 3), depth=1, image_size=8), CrossEntropyLoss(), (4, 1, 8, 8), labels[:4] % 3),
    "vit": (lambda: zoo.vit(3, 1, 6, 3, 1, 2, 4, 5, 0.1), CrossEntropyLoss(), (4, 1, 6, 6), labels[:4] % 3),
}
