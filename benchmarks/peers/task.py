"""What a worker asks of a library: set a workload up, show its numbers, run steps."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import ClassVar, NamedTuple

import numpy as np

from ..specs import BatchNorm, Conv, Flatten, Linear, MaxPool, ReLU
from ..workload import Adam, Data, Unable, Workload

__all__ = ["Number", "Task", "numbers_of"]

CHECKED_STEPS = 3

WAKE = Workload("wake", (Conv(1, 2, 3), BatchNorm(2), ReLU(), MaxPool(2), Flatten(), Linear(8, 3)),
                (Data((2, 1, 6, 6)),), Data((2,), 3), "cross_entropy", Adam())
"""A step so small that the memory it leaves behind is the library's own."""


class Number(NamedTuple):
    """A number that all libraries must agree on, and the magnitude its error is judged by."""

    name: str
    value: float
    scale: float


class Task(ABC):
    """One workload in one library."""

    modules: ClassVar[tuple[str, ...]]      # whose versions are reported
    in_children: ClassVar[bool] = False     # whether the work is done by processes that this one starts

    def __init__(self, workload: Workload) -> None:
        self.workload = workload

    @classmethod
    def wake(cls) -> None:
        """Run a tiny training, so that what the library loads late is in memory."""
        task = cls(WAKE)
        for _ in range(2):
            task.step()
        task.finish()

    @abstractmethod
    def step(self) -> float:
        """Run one step; return its loss, or 0.0 where there is none."""

    @abstractmethod
    def arrays(self) -> Mapping[str, np.ndarray]:
        """Return output and gradients of one step that trains nothing, or the loss before a fit."""

    def check_reached(self, accuracy: float) -> None:
        """Raise Unable after a fit that ended with too little."""
        if accuracy < self.workload.wanted:
            raise Unable(f"reached {accuracy:.3f} in {self.workload.epochs} epochs, not {self.workload.wanted}")

    def finish(self) -> None:           # noqa: B027  most have nothing to wait for
        """Wait until all that was asked for is done."""

    def numbers(self) -> list[Number]:
        """Return the losses of the first steps or, where nothing is trained, two numbers for each array."""
        if self.workload.mode != "train":
            return numbers_of(self.arrays())
        losses = [self.step() for _ in range(CHECKED_STEPS)]
        slack = (1, *[10] * (CHECKED_STEPS - 1))            # updates carry rounding through every kink of the network
        return [Number(f"loss of step {index}", loss, abs(loss) * slack[index]) for index, loss in enumerate(losses)]


def numbers_of(arrays: Mapping[str, np.ndarray]) -> list[Number]:
    """Return each array's length and its component along a random direction."""
    found = []
    for name, array in sorted(arrays.items()):
        flat = np.asarray(array, np.float64).ravel()
        direction = np.random.default_rng(11).standard_normal(flat.size)
        length = float(np.linalg.norm(flat))
        found += [Number(f"length of {name}", length, length),
                  Number(f"direction of {name}", float(flat @ direction / np.linalg.norm(direction)), length)]
    return found
