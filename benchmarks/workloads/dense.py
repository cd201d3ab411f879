"""Multi-layer perceptrons and an autoencoder."""

from itertools import pairwise

from ..specs import Linear, Network, ReLU, Sigmoid
from ..workload import SGD, Adam, Data, Optimizer, Workload

__all__ = ["WORKLOADS", "classifier", "mlp"]


def mlp(*sizes: int) -> Network:
    """Return affine layers with rectifiers between them."""
    layers = [spec for inputs, outputs in pairwise(sizes) for spec in (Linear(inputs, outputs), ReLU())]
    return tuple(layers[:-1])


def classifier(name: str, sizes: tuple[int, ...], batch: int, optimizer: Optimizer) -> Workload:
    """Return the training of a perceptron on classes."""
    return Workload(name, mlp(*sizes), (Data((batch, sizes[0])),), Data((batch,), sizes[-1]), "cross_entropy",
                    optimizer)


WORKLOADS = [
    classifier("train/mlp-64-32-10-b32", (64, 32, 10), 32, SGD()),
    classifier("train/mlp-784-128-10-b32", (784, 128, 10), 32, SGD()),
    classifier("train/mlp-784-256-128-10-b64-adam", (784, 256, 128, 10), 64, Adam()),
    classifier("train/mlp-784-1024-1024-10-b128-adam", (784, 1024, 1024, 10), 128, Adam()),
    Workload("train/autoencoder-784-256-32-b128", (*mlp(784, 256, 32), ReLU(), *mlp(32, 256, 784), Sigmoid()),
             (Data((128, 784)),), Data((128, 784)), "mse"),
]
