"""Batches that grow while training goes on: cheap noisy steps first, exact ones when they are worth it."""

import math
from typing import TYPE_CHECKING, Annotated

from ...data import DataLoader
from ...layers.core import Size, ValueRangeError, Within, check_range, check_size
from .callback import Callback

if TYPE_CHECKING:
    from ..trainer import Trainer

__all__ = ["GrowingBatches"]


class GrowingBatches(Callback):
    """Multiply the batch size by ``factor`` after every so many ``epochs``, up to ``most`` samples (None: all).

    Formula: batch_size = min(most, batch_size at first * factor**(epochs done // epochs))

    Methods that take curvature from a batch overfit to it; growing batches let them go on. For first-order methods it
    does what a falling learning rate does. After the fit the loader has its first size again.

    Raises: ValueRangeError for data that are not a DataLoader with a batch_size.

    Source: Martens & Sutskever 2012, section 12; Byrd, Chin, Nocedal & Wu 2012, "Sample size selection in optimization
        methods for machine learning"; Smith et al. 2018 for SGD.

    Example:
        >>> train, _ = digits(flat=True).split(rng=np.random.default_rng(0))
        >>> model, loader = Linear(64, 10), DataLoader(train, batch_size=100, shuffle=True)
        >>> trainer = Trainer(model, CrossEntropyLoss(), SGD(model.parameters(), lr=0.5), callbacks=[GrowingBatches(2)])
        >>> history = trainer.fit(loader, epochs=3)         # of 100, 200 and 400
        >>> loader.batch_size
        100
    """

    def __init__(self, factor: Annotated[float, Within(1, open_low=True)] = 2.0, epochs: Size = 1,
                 most: Size | None = None) -> None:
        self.factor = check_range(factor, 1.0, float("inf"), name="factor", owner="GrowingBatches", open_low=True)
        self.epochs = check_size(epochs, "epochs", "GrowingBatches")
        self.most = None if most is None else check_size(most, "most", "GrowingBatches")
        self._loader: DataLoader | None = None
        self._start = 0

    def on_fit_begin(self, trainer: "Trainer") -> None:
        loader = trainer.source
        if not isinstance(loader, DataLoader) or loader.batch_size is None:
            raise ValueRangeError(f"GrowingBatches expected a DataLoader with a batch_size, got "
                                  f"{type(loader).__name__}{' of one batch' * isinstance(loader, DataLoader)}")
        self._loader, self._start = loader, loader.batch_size

    def on_epoch_begin(self, trainer: "Trainer") -> None:
        if self._loader is not None:
            most = len(self._loader.dataset) if self.most is None else self.most
            times = min(trainer.epoch // self.epochs, math.log(most, self.factor) + 1)      # else it overflows
            self._loader.batch_size = max(self._start, min(most, int(self._start * self.factor**times)))
            trainer.batches = len(self._loader)

    def on_fit_end(self, trainer: "Trainer") -> None:
        if self._loader is not None:
            self._loader.batch_size, self._loader = self._start, None
