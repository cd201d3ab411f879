"""How large weights, gradients and updates are, layer by layer, and how the weights are distributed."""

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from ...layers.core import Array, Parameter, Size, check_size, members
from .callback import Callback, Row

if TYPE_CHECKING:
    from ..trainer import Trainer

__all__ = ["LayerStatistics"]

BINS = 32
LARGEST_SAMPLE = 4096       # weights of a layer that a histogram counts: beyond, its shape does not change


class LayerStatistics(Callback):
    """Adds to the history, for every layer with parameters of its own, what its weights and gradients look like.

    ``row["layers"][path]`` holds ``grad_norm`` (as clipped), ``weight_norm``, ``update_ratio``, which is
    ``norm(update) / norm(weights)`` and does well near 1e-3; and where the layer has parameters of two axes and more,
    their ``histogram``: lowest, highest and how many lie in each of 32 bins. Gradients and ratios are root mean squares
    over the batches looked at, about so many ``samples`` in an epoch. Past epoch 32 fewer and fewer epochs are looked
    at, 16 for each doubling. The numbers of epoch and batch alone decide, so a run that was interrupted records what
    the whole run would have.

    Attributes:
        looked:  batches of this epoch so far
        squares: sums over them, by path: of the squared norm of the gradient, and of the squared ratio

    Cost: for each batch looked at, three passes over the weights and a copy of them.

    Source: Karpathy, CS231n notes, "Neural Networks 3": ratio of updates to weights.

    Example:
        >>> train, statistics = digits(flat=True), LayerStatistics()
        >>> model = Sequential(Linear(64, 32), ReLU(), Linear(32, 10))
        >>> trainer = Trainer(model, CrossEntropyLoss(), Adam(model.parameters()), callbacks=[statistics])
        >>> row = trainer.fit(DataLoader(train, batch_size=32), epochs=1)[0]
        >>> list(row["layers"]), list(row["layers"]["0"])
        (['0', '2'], ['grad_norm', 'weight_norm', 'update_ratio', 'histogram'])
    """

    first_rank_only = True
    state_names = ("looked", "squares")

    def __init__(self, samples: Size = 4) -> None:
        self.samples = check_size(samples, "samples", "LayerStatistics")
        self.looked = 0
        self.squares: dict[str, list[float]] = {}
        self._grads: dict[str, float] = {}
        self._before: dict[str, list[Array]] | None = None

    def on_fit_begin(self, trainer: "Trainer") -> None:
        self._layers = {path: own for path, layer in trainer.model.named_layers()
                        if (own := [each for _, each in members(layer, Parameter)])}

    def on_epoch_begin(self, trainer: "Trainer") -> None:
        if trainer.batch == 0:
            self.looked, self.squares = 0, {}

    def on_batch_begin(self, trainer: "Trainer", x: Array, y: Array) -> None:
        self._before = None

    def on_backward_end(self, trainer: "Trainer", loss: float) -> None:
        if self._before is None and self._looks(trainer):
            self._grads = {path: _norm([each.grad for each in own if each.reached])
                           for path, own in self._layers.items()}
            self._before = {path: [each.data.copy() for each in own] for path, own in self._layers.items()}

    def on_batch_end(self, trainer: "Trainer", loss: float) -> None:
        if self._before is None:
            return
        self.looked += 1
        for path, own in self._layers.items():
            step = _norm([each.data - before for each, before in zip(own, self._before[path], strict=True)])
            weights = _norm([each.data for each in own])
            squares = self.squares.setdefault(path, [0.0, 0.0])
            squares[0] += self._grads[path] ** 2
            squares[1] += (step / weights) ** 2 if weights else 0.0
        self._before = None

    def on_epoch_end(self, trainer: "Trainer", row: Row) -> None:
        if self.looked:
            row["layers"] = {path: self._found(path, own) for path, own in self._layers.items()
                             if any(self.squares[path])}       # nothing reached it, nothing moved it: it is frozen

    def _looks(self, trainer: "Trainer") -> bool:
        epoch, batches = trainer.epoch + 1, trainer.batches or 16 * self.samples
        return epoch % (1 << max(0, epoch.bit_length() - 5)) == 0 and \
            trainer.batch % math.ceil(batches / self.samples) == 0

    def _found(self, path: str, own: list[Parameter]) -> dict[str, Any]:
        grad, ratio = (math.sqrt(square / self.looked) for square in self.squares[path])
        found = {"grad_norm": grad, "weight_norm": _norm([each.data for each in own]), "update_ratio": ratio}
        matrices = [each.data.ravel() for each in own if each.data.ndim > 1]
        return found | ({"histogram": _histogram(matrices)} if matrices else {})


def _norm(arrays: list[Array]) -> float:
    return math.sqrt(sum(float(np.dot(flat, flat)) for flat in map(np.ravel, arrays)))


def _histogram(arrays: list[Array]) -> list[float]:
    """Return lowest and highest of the numbers, and the counts between, of every so manieth where there are many."""
    stride = math.ceil(sum(each.size for each in arrays) / LARGEST_SAMPLE)
    sample = np.concatenate([each[::stride] for each in arrays]).astype(np.float64)
    low, high = float(sample.min()), float(sample.max())
    width = (high - low) or 1.0
    bins = np.minimum(((sample - low) * (BINS / width)).astype(np.intp), BINS - 1)
    return [low, high, *np.bincount(bins, minlength=BINS).tolist()]
