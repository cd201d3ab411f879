"""Well-known networks, each a function that returns one."""

from .autoencoder import autoencoder
from .lenet import lenet5
from .mlp import mlp
from .resnet import resnet
from .vgg import vgg

__all__ = [
    "autoencoder", "lenet5", "mlp", "resnet", "vgg",
]
