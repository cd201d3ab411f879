"""The record of a training run, one row for each epoch."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, overload

from ...layers.core import UnknownNameError
from .callback import Callback, Row

if TYPE_CHECKING:
    from ..trainer import Trainer

__all__ = ["History"]


class History(Callback):
    """One row for each epoch, a dictionary: ``history[-1]`` is the last, ``history["loss"]`` the losses of all.

    The columns are epoch (from 1), loss and metrics as measured while the weights changed, val_loss and val_… after
    the epoch, lr of the first parameter group, seconds; with a penalty, loss includes it and penalty says how much.

    Raises: UnknownNameError for a column that no row has.

    Example:
        >>> x, model = np.zeros((4, 2), np.float32), Sequential(Linear(2, 1, bias=False))
        >>> sgd = SGD(model.parameters(), lr=0.1)
        >>> history = model.fit(x, x[:, :1], loss=MSELoss(), optimizer=sgd, epochs=3, verbose=0)
        >>> history["epoch"], history[-1]["loss"]
        ([1, 2, 3], 0.0)
    """

    state_names = ("rows",)

    def __init__(self) -> None:
        self.rows: list[Row] = []

    def on_fit_begin(self, trainer: "Trainer") -> None:
        if trainer.epoch == 0:
            self.rows = []

    def on_epoch_end(self, trainer: "Trainer", row: Row) -> None:
        self.rows.append(row)

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    @overload
    def __getitem__(self, which: int) -> Row: ...
    @overload
    def __getitem__(self, which: str) -> list[Any]: ...
    def __getitem__(self, which: int | str) -> Row | list[Any]:
        if isinstance(which, int):
            return self.rows[which]
        columns = {name for row in self.rows for name in row}
        if which not in columns:
            raise UnknownNameError.of("column of the history", which, columns)
        return [row.get(which) for row in self.rows]

    def __repr__(self) -> str:
        return f"History({len(self)} epochs{f', {show_row(self.rows[-1])}' if self.rows else ''})"


def show_row(row: Row) -> str:
    """Return the numbers of a row other than the epoch, as one line of text."""
    return "  ".join(f"{name} {value:.4g}" for name, value in row.items()
                     if name not in ("epoch", "seconds") and isinstance(value, (int, float)))
