"""Cross-validation: every fold is held out once, and a new network is trained on the others."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from ..data import ArrayDataset, DataLoader, KFold, Standardize, StratifiedKFold
from ..layers.core import Array, StateError
from .trainer import Trainer

__all__ = ["CrossValidation", "cross_validate"]


class CrossValidation(NamedTuple):
    """What every fold gave: loss and metrics on the samples held out.

    Attributes:
        folds: one dictionary for each fold
    """

    folds: list[dict[str, Any]]

    def mean(self) -> dict[str, float]:
        """Return the mean over the folds, of every number."""
        return {name: float(values.mean()) for name, values in self._numbers().items()}

    def deviation(self) -> dict[str, float]:
        """Return the standard deviation between folds, of every number; the error of the mean is not much smaller,
        for the folds share their training samples."""
        return {name: float(values.std(ddof=1)) for name, values in self._numbers().items()}

    def _numbers(self) -> dict[str, Array]:
        return {name: np.array([fold[name] for fold in self.folds]) for name, value in self.folds[0].items()
                if isinstance(value, (int, float))}


def cross_validate(make: Callable[[], Trainer], dataset: ArrayDataset, folds: KFold | int = 5, *, epochs: int,
                   batch_size: int | None = 32, standardize: bool = False,
                   rng: np.random.Generator | None = None) -> CrossValidation:
    """Train what ``make`` returns, a new trainer for each fold, on all folds but one, and judge it on that.

    A number of ``folds`` means shuffled ones, of equal shares of every class where the targets are classes.
    ``standardize`` measures the features anew in every fold, on its training samples alone. ``rng`` deals the folds
    and shuffles the batches. Nothing may be chosen on the folds, such as the epoch to stop at, that is judged on them.

    Raises: StateError where ``make`` returns the same network again, which has seen the samples held out.

    Source: Stone 1974; Hastie, Tibshirani & Friedman 2009, section 7.10.

    Example:
        >>> def make():
        ...     model = Sequential(Linear(64, 10))
        ...     return Trainer(model, CrossEntropyLoss(), SGD(model.parameters(), lr=0.5), metrics=["accuracy"])
        >>> found = cross_validate(make, digits(flat=True), 4, epochs=10, rng=np.random.default_rng(0))
        >>> len(found.folds), found.mean()["accuracy"] > 0.9 > found.deviation()["accuracy"]
        (4, True)
    """
    if isinstance(folds, int):
        classes = dataset.y.ndim == 1 and dataset.y.dtype.kind in "iu" and np.bincount(
            np.unique(dataset.y, return_inverse=True)[1]).min() >= folds
        folds = (StratifiedKFold if classes else KFold)(folds, shuffle=True, rng=rng)
    found: list[dict[str, Any]] = []
    seen: list[Trainer] = []        # kept, so that no address comes twice
    for rows, held_out in folds.split(np.arange(len(dataset)), dataset.y):
        trainer = make()
        if trainer.epoch or any(trainer.model is other.model for other in seen):
            raise StateError("cross_validate expected a new network from every call of make, got one that has been "
                             "trained; make the model inside of the function")
        seen.append(trainer)
        train, test = (ArrayDataset(*dataset[each]) for each in (rows, held_out))
        if standardize:
            scaler = Standardize().fit(train.x)
            train, test = (ArrayDataset(scaler.transform(part.x), part.y) for part in (train, test))
        trainer.fit(DataLoader(train, batch_size, shuffle=True, rng=rng), epochs)
        found.append(trainer.evaluate(test))
    return CrossValidation(found)
