"""The history for TensorBoard, written while training goes on."""

import os
from typing import TYPE_CHECKING, Any

import numpy as np

from ...layers.core.optional import tensorboardX
from .callback import Callback, Row

if TYPE_CHECKING:
    from ..trainer import Trainer

__all__ = ["TensorBoard"]


class TensorBoard(Callback):
    """Writes every number of the history as a scalar, for ``tensorboard --logdir``; needs ``chainrule[tensorboard]``.

    ``loss`` and ``val_loss`` become ``training/loss`` and ``validation/loss``. What LayerStatistics found, if it
    stands before, becomes ``grad_norm/<layer>``, ``weight_norm/<layer>``, ``update_ratio/<layer>`` and histograms
    ``weights/<layer>``. A run that goes on writes on from its epoch; what an interrupted one wrote beyond is hidden.

    Raises: MissingLibraryError when tensorboardX is not installed.

    Source: the event files of TensorBoard, by tensorboardX.

    Example:
        >>> callbacks = [LayerStatistics(), TensorBoard("runs/tensorboard")]
        >>> callbacks[1].log_dir
        'runs/tensorboard'
    """

    first_rank_only = True

    def __init__(self, log_dir: str) -> None:
        self.log_dir = log_dir
        self._writer: Any = None

    def on_fit_begin(self, trainer: "Trainer") -> None:
        self._writer = tensorboardX.SummaryWriter(
            os.fspath(self.log_dir), purge_step=trainer.epoch + 1 if trainer.epoch else None,
            filename_suffix=f".{trainer.epoch}")       # files are named by the second

    def on_epoch_end(self, trainer: "Trainer", row: Row) -> None:
        for name, value in row.items():
            if isinstance(value, (int, float)) and name != "epoch":
                part, bare = ("validation", name[4:]) if name.startswith("val_") else ("training", name)
                self._writer.add_scalar(f"{part}/{bare}", value, row["epoch"])
        for path, found in row.get("layers", {}).items():
            for name, value in found.items():
                if name == "histogram":
                    self._histogram(f"weights/{path or 'all'}", value, row["epoch"])
                else:
                    self._writer.add_scalar(f"{name}/{path or 'all'}", value, row["epoch"])
        self._writer.flush()

    def on_fit_end(self, trainer: "Trainer") -> None:
        self._writer.close()

    def _histogram(self, tag: str, values: list[float], epoch: int) -> None:
        low, high, *counts = values
        edges = np.linspace(low, high, len(counts) + 1)
        middles = (edges[:-1] + edges[1:]) / 2
        self._writer.add_histogram_raw(tag, min=low, max=high, num=sum(counts), sum=float(middles @ counts),
                                       sum_squares=float(middles ** 2 @ counts), bucket_limits=edges[1:].tolist(),
                                       bucket_counts=counts, global_step=epoch)
