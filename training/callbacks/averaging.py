"""Averaging the weights along the training, and judging and keeping the average."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

from ...layers.batch_norm import BatchNorm
from ...layers.core import Array, Count, OneOf, Share, check_choice, check_range, check_size
from ...optim import AveragedModel, get_ema_avg_fn, update_bn
from .callback import Callback

if TYPE_CHECKING:
    from ..trainer import Trainer

__all__ = ["WeightAveraging"]


class WeightAveraging(Callback):
    """Average the weights after every batch or epoch; the average is what is validated, and what stays after the fit.

    ``decay=None`` is their plain mean from epoch ``start`` on (SWA), a number the moving average
    ``decay * average + (1 - decay) * weights`` (EMA). Training goes on from the weights themselves, also in a further
    fit. Batch norms take their statistics for the average anew, by a pass over the training data.

    Attributes:
        average: the AveragedModel, None before the first fit

    Source: Polyak & Juditsky 1992; Izmailov et al. 2018, algorithm 1; optim.AveragedModel and optim.update_bn.

    Example:
        >>> train, test = digits(flat=True).split(rng=np.random.default_rng(0))
        >>> model, averaging = Sequential(Linear(64, 10)), WeightAveraging(decay=0.99)
        >>> trainer = Trainer(model, CrossEntropyLoss(), SGD(model.parameters(), lr=0.5), callbacks=[averaging])
        >>> history = trainer.fit(DataLoader(train, batch_size=32, shuffle=True), epochs=3, validation=test)
        >>> history[-1]["val_loss"] == trainer.evaluate(test)["loss"]
        True
    """

    average: AveragedModel | None

    def __init__(self, decay: Share | None = None, start: Count = 0,
                 every: Annotated[str, OneOf("batch", "epoch")] = "batch") -> None:
        self.decay = None if decay is None else check_range(decay, 0.0, 1.0, name="decay", owner="WeightAveraging")
        self.start = check_size(start, "start", "WeightAveraging", least=0)
        self.every = check_choice(every, ("batch", "epoch"), name="every", owner="WeightAveraging")
        self.average = None
        self._weights: dict[str, Array] | None = None       # the model's own, while it has the averages

    def state_dict(self) -> dict[str, Any]:
        return {"average": self.average and self.average.state_dict(), "weights": self._weights}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        if self.average is not None:
            self.average.load_state_dict(state["average"])
        self._weights = state["weights"]

    def on_fit_begin(self, trainer: "Trainer") -> None:
        if trainer.epoch == 0 or self.average is None:
            function = None if self.decay is None else get_ema_avg_fn(self.decay)
            self.average, self._weights = AveragedModel(trainer.model, function), None

    def on_epoch_begin(self, trainer: "Trainer") -> None:
        if self._weights is not None:
            trainer.model.load_state_dict(self._weights)
            self._weights = None

    def on_batch_end(self, trainer: "Trainer", loss: float) -> None:
        self._update(trainer, "batch")

    def on_batches_end(self, trainer: "Trainer") -> None:
        self._update(trainer, "epoch")
        self._exchange(trainer)
        if self._weights is not None and any(isinstance(layer, BatchNorm) for _, layer in trainer.model.named_layers()):
            update_bn(trainer.source, trainer.model)

    def on_fit_end(self, trainer: "Trainer") -> None:
        if self._weights is None:       # an error or an interrupt came amid an epoch
            self._exchange(trainer)

    def _update(self, trainer: "Trainer", moment: str) -> None:
        if self.average is not None and moment == self.every and trainer.epoch >= self.start:
            self.average.update_parameters(trainer.model)

    def _exchange(self, trainer: "Trainer") -> None:
        if self.average is not None and self.average.n_averaged.data:
            self._weights = trainer.model.state_dict()
            trainer.model.load_state_dict(self.average.module.state_dict())
