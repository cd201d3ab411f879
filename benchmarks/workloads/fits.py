"""A whole fit: the bundled digits, until a given share of the held-out quarter is right."""

from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

from ..workload import Adam, Workload
from .dense import classifier

__all__ = ["WORKLOADS", "Fit", "Split"]

DIGITS = Path(__file__).resolve().parents[2] / "data" / "digits.npz"


class Split(NamedTuple):
    """Images as rows of numbers from 0 to 1, and which digit each is; three quarters to train on, the rest held out."""

    x: np.ndarray
    y: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray


@dataclass(frozen=True)
class Fit(Workload):
    """A step is a whole fit, each from the same weights with the examples in another order."""

    wanted: float = 0.97
    batch: int = 32
    epochs: int = 100       # at most

    def split(self) -> Split:
        """Return the digits, the same split in every process."""
        with np.load(DIGITS) as file:
            x, y = file["images"], file["labels"]
        order = np.random.default_rng(0).permutation(len(y))
        rows, classes = x.reshape(len(x), -1)[order].astype(np.float32) / 16, y[order].astype(np.int64)
        held = len(y) // 4
        return Split(rows[held:], classes[held:], rows[:held], classes[:held])


_steps = classifier("fit/digits-mlp-64-256-10-until-97", (64, 256, 10), 32, Adam(3e-3))

WORKLOADS = [Fit(_steps.name, _steps.network, _steps.x, _steps.y, _steps.loss, _steps.optimizer, "fit")]
