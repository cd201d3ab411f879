"""Right answers beside those that came: which of them part, and what a test for a kind of mistake may ask."""

from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple

import numpy as np

from ...layers.core import Array
from ..compare import close
from .answers import Answers
from .question import Question

__all__ = ["Case", "Part"]

SINGLE = 1e-3       # what float32 may be off by


class Part(NamedTuple):
    """One wrong array: its name, and right and received values after one forward and one backward."""

    name: str
    expected: Array
    received: Array


class Case:
    """What was expected of a question and what came, by name.

    Attributes:
        expected, received: the answers; ``way/name`` as in ``Answers``
        arrays:             what the formulas of the layer are made of: inputs, upstream gradients, parameters
        wrong:              the names at which the answers part, in the order of the answers
    """

    def __init__(self, expected: Answers, received: Answers, question: Question | None = None,
                 tolerance: float = 1e-6) -> None:
        self.expected, self.received, self.question, self.tolerance = expected, received, question, tolerance
        self.arrays = _named(question)
        self.scale = {key: max(float(np.abs(value[np.isfinite(value)]).max(initial=0)), 1e-3)
                      for key, value in expected.items() if value.dtype.kind in "fiub"}
        self.wrong = [key for key in self._in_order() if not self.right(key)]

    def _in_order(self) -> Iterator[str]:
        yield from self.expected
        yield from (key for key in self.received if key not in self.expected)

    def right(self, key: str) -> bool:
        """Return whether one answer is as expected: there or not, shape, dtype, values."""
        way, _, name = key.partition("/")
        if way == "tangent" and not any(other.startswith("tangent/") for other in self.received):
            return True         # forward mode is not everyone's business
        if name == "error":
            return (key in self.expected) == (key in self.received)
        if f"{way}/error" in self.expected or f"{way}/error" in self.received:
            return way == "unstarted" or key not in self.expected       # the error stands for all that is missing
        mine, theirs = self.expected.get(key), self.received.get(key)
        if mine is None or theirs is None:
            present = theirs if mine is None else mine
            return present is None
        return mine.shape == theirs.shape and mine.dtype == theirs.dtype \
            and self.agree(mine, theirs, SINGLE if way in ("single", "slopes") else self.tolerance)

    def agree(self, mine: Array, theirs: Array, tolerance: float | None = None) -> bool:
        """Return whether two arrays have the same shape and values."""
        if mine.shape != theirs.shape or mine.dtype.kind not in "fiub" or theirs.dtype.kind not in "fiub":
            return False
        both_nan = np.isnan(mine.astype(float)) & np.isnan(theirs.astype(float))
        return bool((close(mine, theirs, tolerance or self.tolerance) | both_nan).all())

    def jacobian(self, name: str) -> tuple[Array, Array] | None:
        """Return the derivatives of single outputs, right and received, as matrices with a row for each output.

        Of an output they are its slopes, with a row for each number of the input.
        """
        mine, theirs = self.pair("slopes" if is_output(name) else "jacobian", name)
        if mine is None or theirs is None or mine.shape != theirs.shape or mine.ndim < 2 or not len(mine):
            return None
        return mine.reshape(len(mine), -1), theirs.reshape(len(theirs), -1)

    def is_right(self, way: str, name: str) -> bool:
        """Return whether an answer by way and name is as expected."""
        return f"{way}/{name}" not in self.wrong

    def right_in(self, way: str) -> bool:
        """Return whether all answers of one way of calling are as expected."""
        return not any(key.startswith(f"{way}/") for key in self.wrong)

    def pair(self, way: str, name: str) -> tuple[Array | None, Array | None]:
        """Return what was expected and what came."""
        return self.expected.get(f"{way}/{name}"), self.received.get(f"{way}/{name}")

    @cached_property
    def parts(self) -> list[Part]:
        """The arrays of one forward and one backward that are wrong; those of forward alone if any is."""
        names = [key.removeprefix("once/") for key in self.wrong if key.startswith("once/")
                 and " after" not in key and key in self.expected and key in self.received]
        outputs = [name for name in names if is_output(name)]
        if outputs == ["loss"] and "none/loss" in self.wrong and "none/loss" in self.received:
            mine, theirs = self.pair("none", "loss")      # term by term more can be told than of their sum
            if mine is not None and theirs is not None:
                return [Part("loss", mine, theirs)]
        parts = [Part(name, *(np.asarray(side) for side in self.pair("once", name) if side is not None))
                 for name in outputs or names]
        if any(part.name.endswith(".grad") and part.expected.ndim > 1 for part in parts):
            parts.sort(key=lambda part: not part.name.endswith(".grad") or part.expected.ndim > 1)
        return parts        # the gradient of a bias is what that of a weight is made of, and often tells more


def is_output(name: str) -> bool:
    """Return whether a name is that of what a forward pass gives."""
    return name.split("[")[0] in ("y", "loss")


def _named(question: Question | None) -> dict[str, Array]:
    if question is None:
        return {}
    found: dict[str, Array] = {}
    for name, value in (("x", question.x), ("grad_out", question.grad_out), ("target", question.held)):
        leaves = _flat(value)
        arrays = [(f"{name}[{index}]" if len(leaves) > 1 else name, leaf) for index, leaf in enumerate(leaves)]
        found.update((name, leaf) for name, leaf in arrays if isinstance(leaf, np.ndarray) and leaf.dtype.kind in "fiu")
    return found | {name: value for name, value in question.state.items() if value.dtype.kind == "f"}


def _flat(value: object) -> tuple[object, ...]:
    if isinstance(value, (tuple, list)):
        return tuple(leaf for part in value for leaf in _flat(part))
    return () if value is None else (value,)
