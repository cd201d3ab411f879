"""The moments of a training run at which something else may happen."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from ...layers.core import Array

if TYPE_CHECKING:
    from ..trainer import Trainer

__all__ = ["Callback", "Row"]

Row = dict[str, Any]        # what is known of an epoch: epoch, loss, metrics, val_loss, val_…, lr, seconds


class Callback:
    """Something that happens beside training; override the moments that matter, the others do nothing.

    A callback keeps what it knows in plain attributes, and forgets it in ``on_fit_begin`` when ``trainer.epoch`` is 0,
    so that one object serves one run after another, and a run that continues goes on with what was known. What a
    resumed run must know is named in ``state_names``, or returned by ``state_dict``.

    Of a network that several processes train, every process has the callbacks, so that all decide the same: from what
    ``trainer`` and ``row`` say, which is the same everywhere, or by ``trainer.any_rank``.

    Attributes:
        state_names:     the attributes that a checkpoint keeps: numbers, texts, arrays, and lists and dicts of these
        first_rank_only: True: it only shows or writes, which the first of several processes does for all

    Example:
        >>> class Doubling(Callback):
        ...     def on_epoch_end(self, trainer, row):
        ...         if row["loss"] > 2 * trainer.history[0]["loss"]:
        ...             trainer.stop("the loss has doubled")
    """

    state_names: ClassVar[tuple[str, ...]] = ()
    first_rank_only: ClassVar[bool] = False

    def state_dict(self) -> dict[str, Any]:
        """Return what this callback knows, for a checkpoint."""
        return {name: getattr(self, name) for name in self.state_names}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on with what ``state_dict`` returned; told after ``on_fit_begin``."""
        for name in self.state_names:
            setattr(self, name, state[name])

    def on_fit_begin(self, trainer: "Trainer") -> None:
        """Before the first epoch; ``trainer.epochs`` says which one will be the last."""

    def on_epoch_begin(self, trainer: "Trainer") -> None:
        """Before the first batch, ``trainer.epoch`` epochs done; again where one goes on, ``trainer.batch`` above 0."""

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
