"""The moments of a training run at which something else may happen."""

from typing import TYPE_CHECKING, Any

from ...layers.core import Array

if TYPE_CHECKING:
    from ..trainer import Trainer

__all__ = ["Callback", "Row"]

Row = dict[str, Any]        # what is known of an epoch: epoch, loss, metrics, val_loss, val_…, lr, seconds


class Callback:
    """Something that happens beside training; override the moments that matter, the others do nothing.

    A callback keeps what it knows in plain attributes, and forgets it in ``on_fit_begin`` when ``trainer.epoch`` is 0,
    so that one object serves one run after another, and a run that continues goes on with what was known.

    Example:
        >>> class Doubling(Callback):
        ...     def on_epoch_end(self, trainer, row):
        ...         if row["loss"] > 2 * trainer.history[0]["loss"]:
        ...             trainer.stop("the loss has doubled")
    """

    def on_fit_begin(self, trainer: "Trainer") -> None:
        """Before the first epoch; ``trainer.epochs`` says which one will be the last."""

    def on_epoch_begin(self, trainer: "Trainer") -> None:
        """Before the first batch; ``trainer.epoch`` epochs are done."""

    def on_batch_begin(self, trainer: "Trainer", x: Array, y: Array) -> None:
        """Before a batch goes forward."""

    def on_backward_end(self, trainer: "Trainer", loss: float) -> None:
        """Between backward pass and update: the gradients are there, and may be changed."""

    def on_batch_end(self, trainer: "Trainer", loss: float) -> None:
        """After the update."""

    def on_batches_end(self, trainer: "Trainer") -> None:
        """After the last batch of an epoch, before the validation."""

    def on_epoch_end(self, trainer: "Trainer", row: Row) -> None:
        """After the last batch and the validation; what is added to ``row`` is kept in the history."""

    def on_fit_end(self, trainer: "Trainer") -> None:
        """After the last epoch, also when an error or an interrupt ended it."""
