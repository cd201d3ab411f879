"""``training.checkpoints:`` in a config: how often the state of a training is kept, and what is best."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from ...layers.core import Positive, Size, check_choice, check_range, check_size

__all__ = ["Saving"]


@dataclass(frozen=True, kw_only=True)
class Saving:
    """``training.checkpoints:`` what is kept on the way, from which a run that ended early goes on.

    Attributes:
        every: how much of ``unit`` lies between two checkpoints; there is one at the end, too
        unit:  seconds, epochs or batches
        keep:  how many are kept
        best:  the column of the history that decides which weights are kept as the best; nothing (null): val_loss,
               where there is validation data
    """

    every: Positive = 60.0
    unit: Literal["seconds", "epochs", "batches"] = "seconds"
    keep: Size = 3
    best: str | None = None

    def __post_init__(self) -> None:
        check_range(self.every, 0.0, math.inf, name="every", owner="checkpoints", open_low=True)
        check_size(self.keep, "keep", "checkpoints")

    def monitor(self, columns: Mapping[str, bool]) -> str | None:
        """Return the column that decides about the best weights.

        Raises: UnknownNameError for one that there will not be.
        """
        if self.best is None:
            return "val_loss" if "val_loss" in columns else None
        return check_choice(self.best, columns, name="best", owner="checkpoints")
