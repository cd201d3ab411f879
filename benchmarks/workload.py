"""What is measured: a network, its data, its loss and its optimiser, the same for every library."""

import zlib
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from .specs import Network, initial

__all__ = ["SGD", "Adam", "Data", "Optimizer", "Unable", "Workload", "probe"]


class Unable(Exception):
    """A library has no way to do a workload, or can not do it on this machine."""


@dataclass(frozen=True)
class SGD:
    lr: float = 0.01


@dataclass(frozen=True)
class Adam:
    lr: float = 1e-3


Optimizer = SGD | Adam


@dataclass(frozen=True)
class Data:
    """Normal numbers of a shape or, with ``below``, whole numbers from 0 to below it."""

    shape: tuple[int, ...]
    below: int = 0

    def draw(self, rng: np.random.Generator) -> np.ndarray:
        if self.below:
            return rng.integers(0, self.below, self.shape)
        return rng.standard_normal(self.shape).astype(np.float32)


@dataclass(frozen=True)
class Workload:
    """One thing to measure.

    ``mode`` is "train" (a step: forward, loss, backward, update), "layer" (forward, and backward to all inputs and
    weights from a given gradient of the output, or from the loss if there is one), "infer" (forward, in evaluation
    mode, nothing kept), "fit" (see workloads/fits.py), "import" or "first step" (in a new process each).
    """

    name: str
    network: Network
    x: tuple[Data, ...]
    y: Data | None = None
    loss: Literal["cross_entropy", "mse"] | None = None
    optimizer: Optimizer = field(default_factory=SGD)
    mode: Literal["train", "layer", "infer", "fit", "import", "first step"] = "train"

    def arrays(self) -> tuple[tuple[np.ndarray, ...], np.ndarray | None]:
        """Return inputs and target, the same in every process."""
        rng = np.random.default_rng(zlib.crc32(self.name.encode()))
        return tuple(data.draw(rng) for data in self.x), None if self.y is None else self.y.draw(rng)

    def weights(self) -> dict[str, np.ndarray]:
        """Return the weights to start from, the same in every process."""
        return initial(self.network, np.random.default_rng(zlib.crc32(self.name.encode()) + 1))


def probe(shape: tuple[int, ...]) -> np.ndarray:
    """Return the gradient of an output of this shape that stands for the rest of a network."""
    return np.random.default_rng(7).standard_normal(shape).astype(np.float32)
