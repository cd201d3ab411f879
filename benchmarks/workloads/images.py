"""Convolutional networks: LeNet-5, a small VGG, ResNet-20 and one of depthwise-separable convolutions."""

from ..specs import AvgPool, BatchNorm, Conv, Flatten, Linear, MaxPool, Network, ReLU, Residual
from ..workload import Data, Workload

__all__ = ["LENET", "WORKLOADS"]


LENET: Network = (
    Conv(1, 6, 5, padding=2), ReLU(), MaxPool(2), Conv(6, 16, 5), ReLU(), MaxPool(2),
    Flatten(), Linear(400, 120), ReLU(), Linear(120, 84), ReLU(), Linear(84, 10))


def conv_norm(inputs: int, outputs: int, kernel: int = 3, stride: int = 1, groups: int = 1) -> Network:
    """Return a convolution that keeps the size of the picture, or halves it, and its batch norm."""
    return (Conv(inputs, outputs, kernel, stride=stride, padding=kernel // 2, groups=groups, bias=False),
            BatchNorm(outputs))


def vgg() -> Network:
    """Return six 3×3 convolutions with batch norm, a max-pool behind every second."""
    layers: Network = ()
    for inputs, outputs in ((3, 32), (32, 64), (64, 128)):
        layers += (*conv_norm(inputs, outputs), ReLU(), *conv_norm(outputs, outputs), ReLU(), MaxPool(2))
    return (*layers, Flatten(), Linear(128 * 4 * 4, 10))


def resnet20() -> Network:
    """Return the ResNet-20 of He et al. 2016, section 4.2, with 1×1 convolutions where the width changes."""
    layers: Network = (*conv_norm(3, 16), ReLU())
    channels = 16
    for width in (16, 32, 64):
        for _ in range(3):
            stride = 1 if width == channels else 2
            branch = (*conv_norm(channels, width, stride=stride), ReLU(), *conv_norm(width, width))
            shortcut = () if width == channels else conv_norm(channels, width, 1, stride)
            layers += (Residual(branch, shortcut), ReLU())
            channels = width
    return (*layers, AvgPool(8), Flatten(), Linear(64, 10))


def separable() -> Network:
    """Return a small MobileNet: each 3×3 convolution depthwise, followed by one of 1×1 (Howard et al. 2017)."""
    layers: Network = (*conv_norm(3, 32), ReLU())
    for inputs, outputs, stride in ((32, 64, 1), (64, 128, 2), (128, 128, 1), (128, 256, 2)):
        layers += (*conv_norm(inputs, inputs, stride=stride, groups=inputs), ReLU(),
                   *conv_norm(inputs, outputs, 1), ReLU())
    return (*layers, AvgPool(8), Flatten(), Linear(256, 10))


def classifier(name: str, network: Network, image: tuple[int, int, int], batch: int = 64) -> Workload:
    return Workload(name, network, (Data((batch, *image)),), Data((batch,), 10), "cross_entropy")


WORKLOADS = [
    classifier("train/lenet5-b64", LENET, (1, 28, 28)),
    classifier("train/vgg-small-b64", vgg(), (3, 32, 32)),
    classifier("train/resnet20-b64", resnet20(), (3, 32, 32)),
    classifier("train/separable-b64", separable(), (3, 32, 32)),
]
