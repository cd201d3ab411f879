"""A trainer whose gradient goes as far back in time as a tolerated bias needs, found anew before every epoch."""

from collections.abc import Mapping
from typing import Any

from ...layers.core import Size, StateError, check_range, check_size
from ...training import Callback, Trainer
from ...training.callbacks import Row
from .adaptive import check_streams, find_truncation
from .stream import WindowStream

__all__ = ["AdaptiveTruncation"]


class AdaptiveTruncation(Callback):
    """Sets the windows of a ``WindowStream`` before every epoch: ``k1 = K``, ``k2 = 2 K - 1``, K from 2 to ``lags``.

    K is the smallest for which the estimated relative bias of the gradient is below ``tolerance``; it stands in the
    history as ``k1``. The learning rate stays that of the optimizer, where ``AdaptiveBPTT`` makes it grow with K.

    Source: Aicher, Foti & Fox 2019, algorithm 1.

    Example:
        >>> from chainrule.backprop import AdaptiveTruncation, Overlapping, WindowStream
        >>> from chainrule.models.zoo import char_rnn
        >>> from chainrule.data import text
        >>> passage = text("abcdefghijklmn" * 30, length=7)
        >>> network, loss = Overlapping(char_rnn(14, hidden=8), k1=20), CarriedLoss(CrossEntropyLoss())
        >>> trainer = Trainer(network, loss, Adam(network.parameters()), callbacks=[AdaptiveTruncation(0.5, lags=20)])
        >>> row = trainer.fit(WindowStream(passage, 4, loss, network), epochs=1)[0]
        >>> row["k1"] == network.k1, network.k2 == 2 * network.k1 - 1
        (True, True)
    """

    def __init__(self, tolerance: float, lags: Size = 100) -> None:
        self.tolerance = check_range(tolerance, 0, 1, name="tolerance", owner="AdaptiveTruncation", open_low=True)
        self.lags = check_size(lags, "lags", "AdaptiveTruncation", least=2)
        self.burn_in = -(-lags // 5)
        self.k1: int | None = None

    def state_dict(self) -> dict[str, Any]:
        return {"k1": self.k1}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        self.k1 = None if state["k1"] is None else check_size(state["k1"], "k1", "AdaptiveTruncation")

    def check(self, stream: WindowStream) -> None:
        """Raise ValueRangeError for a text whose streams are too short for the estimate."""
        check_streams(stream.steps, self.lags, self.burn_in)

    def on_epoch_begin(self, trainer: Trainer) -> None:
        stream = trainer.source
        if not isinstance(stream, WindowStream):
            raise StateError(f"AdaptiveTruncation expected the batches of a WindowStream, got {type(stream).__name__}")
        if self.k1 is None or not trainer.batch:
            self.k1, _ = find_truncation(stream.network.model, stream.loss.loss, *stream.streams(), self.tolerance,
                                         lags=self.lags, burn_in=self.burn_in, most=self.lags)
        stream.network.k1, stream.network.k2 = self.k1, 2 * self.k1 - 1
        trainer.batches = len(stream)

    def on_epoch_end(self, trainer: Trainer, row: Row) -> None:
        row["k1"] = self.k1
