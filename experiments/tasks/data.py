"""The section ``data:`` of a config: where samples come from, what is held out, and what is learned from the rest."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np

from ...data import ArrayDataset, Preparation
from ...layers.core import Count, Epsilon, ValueRangeError, Within, check_range

__all__ = ["Data"]


@dataclass(frozen=True, kw_only=True)
class Data:
    """``data:`` where samples come from, what is to be predicted, and what is held out.

    Attributes:
        dataset:            a data set by name
        target:             ``x``: the inputs themselves are to be given back
        test_dataset:       a data set of its own to be judged at the end, instead of a part of the other
        test_size:          the part that is judged once, at the end, and that nothing is chosen on
        validation_size:    the part that is judged after every epoch, for early stopping and the like; both are a
                            share of all samples below 1, or a number of samples
        folds:              deal the samples into so many folds, one of which is the test part, for cross-validation
        fold:               which of them, from 0
        stratify:           hold the same share of every class out
        standardize:        bring every feature to mean 0 and deviation 1, as measured on what is left for training;
                            ``channels``: every channel of images; ``decorrelate``: and their covariance to about
                            the identity
        standardize_target: bring targets that are numbers to mean 0 and deviation 1, too; losses are in deviations then
    """

    dataset: Callable[..., ArrayDataset]
    test_dataset: Callable[..., ArrayDataset] | None = None
    target: Literal["x", "y"] = "y"
    test_size: Epsilon = 0.0
    validation_size: Epsilon = 0.0
    folds: Annotated[int, Within(2)] | None = None
    fold: Count = 0
    stratify: bool = False
    standardize: bool | Literal["channels", "decorrelate"] = False
    standardize_target: bool = False

    def __post_init__(self) -> None:
        for name in ("test_size", "validation_size"):
            size = check_range(getattr(self, name), 0.0, math.inf, name=name, owner="data", open_high=True)
            if size >= 1 and size % 1:
                raise ValueRangeError(f"data expected {name} as a share below 1 or a whole number of samples, "
                                      f"got {size}")
        if self.standardize_target and self.target == "x":
            raise ValueRangeError("data expected no standardize_target where target is x; standardize scales both")
        if self.test_dataset is not None and self.test_size:
            raise ValueRangeError(f"data expected a test_dataset or a test_size, got both; with test_size="
                                  f"{self.test_size} the test data are a part of dataset")

        if self.folds is not None and (self.test_dataset is not None or self.test_size):
            raise ValueRangeError("data expected folds, one of which is the test part, or test_size or test_dataset, "
                                  "got both; leave one out")
        if self.fold >= (self.folds or 1):
            raise ValueRangeError(f"data expected fold below folds, {self.folds}, got {self.fold}; the first is 0")

    def load(self, drawing: np.random.Generator) -> ArrayDataset:
        """Return all samples, every number finite."""
        return _finite(self.dataset, drawing)

    def load_test(self, drawing: np.random.Generator, whole: ArrayDataset) -> ArrayDataset | None:
        """Return the samples of the test data set, if it is one of its own, read as ``whole`` was."""
        if self.test_dataset is None:
            return None
        test = _finite(self.test_dataset, drawing, whole.preparation)
        if test.preparation.classes != whole.preparation.classes:
            raise ValueRangeError(f"data expected test_dataset to have the classes of dataset, "
                                  f"{_shown(whole.preparation)}, got {_shown(test.preparation)}")
        return test

    def divide(self, whole: ArrayDataset, test: ArrayDataset | None,
               splitting: np.random.Generator) -> dict[str, ArrayDataset]:
        """Return the parts "training", "validation" and "test", the last two where there are any."""
        left, parts = whole, {} if test is None else {"test": test}
        if self.folds is not None:
            left, parts["test"] = whole.fold(self.fold, self.folds, rng=splitting, stratify=self.stratify)
        for name, size in (("test", self.test_size), ("validation", self.validation_size)):
            count = math.ceil(size * len(whole)) if size < 1 else int(size)
            if count >= len(left):
                raise ValueRangeError(f"data expected {name}_size to leave samples for training, got {count} of the "
                                      f"{len(left)} there are")
            if count:
                left, parts[name] = left.split(count, rng=splitting, stratify=self.stratify)
        parts["training"] = left
        if not (self.standardize or self.standardize_target or left.preparation.fills or self.target == "x"):
            return parts        # which may know more than their arrays
        preparation = left.preparation.fit(left.x, left.y if self.standardize_target else None,
                                           standardize=self.standardize)
        return {name: self._finished(part, preparation) for name, part in parts.items()}

    def _finished(self, part: ArrayDataset, preparation: Preparation) -> ArrayDataset:
        x = preparation.apply(part.x)
        y = part.y if preparation.target is None else preparation.target.transform(part.y)
        return ArrayDataset(x, x if self.target == "x" else y, preparation=preparation)


def _finite(dataset: Callable[..., ArrayDataset], drawing: np.random.Generator,
            like: Preparation | None = None) -> ArrayDataset:
    samples = dataset(rng=drawing, columns=like and like.columns)
    samples.check_finite()
    return samples


def _shown(preparation: Preparation) -> str:
    return ", ".join(preparation.classes or ("without names",))
