"""Workloads that differ in one size only, to see how the cost of a step grows with it."""

from collections.abc import Callable
from typing import NamedTuple

from ..specs import LSTM, Attention, Conv
from ..workload import SGD, Data, Workload
from .dense import classifier
from .sequences import gpt, recurrent

__all__ = ["SCALES", "WORKLOADS", "Scale"]


class Scale(NamedTuple):
    """What grows, through which sizes, and the power of it that the multiply-adds grow with in the end."""

    make: Callable[[str, int], Workload]
    sizes: tuple[int, ...]
    power: int

    def workloads(self, name: str) -> dict[int, Workload]:
        """Return a workload for each size."""
        return {size: self.make(f"scale/{name}@{size}", size) for size in self.sizes}


def attention(name: str, length: int) -> Workload:
    return Workload(name, (Attention(),), (Data((4, 4, length, 32)),) * 3, mode="layer")


def picture(name: str, size: int) -> Workload:
    """Return a convolution of pictures with ``size`` pixels in all."""
    side = round(size**0.5)
    return Workload(name, (Conv(16, 32, 3, padding=1),), (Data((8, 16, side, side)),), mode="layer")


SCALES = {
    "batch of a perceptron": Scale(
        lambda name, size: classifier(name, (784, 256, 256, 10), size, SGD()), (64, 128, 256, 512, 1024), 1),
    "width of a perceptron": Scale(
        lambda name, size: classifier(name, (64, size, size, size, 10), 64, SGD()), (128, 256, 512, 1024, 2048), 2),
    "depth of a perceptron": Scale(
        lambda name, size: classifier(name, (256,) * (size + 1), 64, SGD()), (4, 8, 16, 32, 64), 1),
    "steps of an LSTM": Scale(
        lambda name, size: recurrent(name, LSTM(32, 64), steps=size, batch=16), (16, 32, 64, 128, 256), 1),
    "length in attention": Scale(attention, (128, 256, 512, 1024), 2),
    "blocks of a GPT": Scale(
        lambda name, size: gpt(name, size, width=64, heads=4, length=32, batch=8), (1, 2, 4, 8, 16), 1),
    "pixels in a convolution": Scale(picture, (16**2, 32**2, 64**2, 128**2), 1),
}

WORKLOADS = [workload for name, scale in SCALES.items() for workload in scale.workloads(name).values()]
