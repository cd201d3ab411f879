"""Moving the learning rate along its schedule."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

from ...layers.core import OneOf, ValueRangeError, check_choice
from ...optim import Schedule
from .callback import Row
from .monitor import Monitor

if TYPE_CHECKING:
    from ..trainer import Trainer

__all__ = ["ScheduleRunner"]


class ScheduleRunner(Monitor):
    """Call ``schedule.step()`` after every epoch, or after every batch with ``every="batch"``.

    A schedule that needs a metric, ReduceLROnPlateau, is given ``row[monitor]`` after every epoch.

    Raises: ValueRangeError for such a schedule with every="batch", or with a ``mode`` against the metric's sense.

    Example:
        >>> model = Sequential(Linear(64, 10))
        >>> optimizer = SGD(model.parameters(), lr=0.1)
        >>> warm_up = ScheduleRunner(LinearLR(optimizer, total_iters=100), every="batch")
        >>> trainer = Trainer(model, CrossEntropyLoss(), optimizer, callbacks=[warm_up])
    """

    def __init__(self, schedule: Schedule, every: Annotated[str, OneOf("epoch", "batch")] = "epoch",
                 monitor: str = "val_loss") -> None:
        super().__init__(monitor)
        self.schedule = schedule
        self.every = check_choice(every, ("epoch", "batch"), name="every", owner="ScheduleRunner")
        if schedule.needs_metric and every == "batch":
            raise ValueRangeError(f"ScheduleRunner expected every='epoch' for {type(schedule).__name__}, whose metric "
                                  f"is known after an epoch, got 'batch'")

    def state_dict(self) -> dict[str, Any]:
        return self.schedule.state_dict()

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        self.schedule.load_state_dict(state)

    def on_fit_begin(self, trainer: "Trainer") -> None:
        if self.schedule.needs_metric:
            super().on_fit_begin(trainer)
            mode = "max" if trainer.columns()[self.monitor] else "min"
            if getattr(self.schedule, "mode", mode) != mode:
                raise ValueRangeError(f"{type(self.schedule).__name__} expected mode={mode!r} to watch {self.monitor}")

    def on_batch_end(self, trainer: "Trainer", loss: float) -> None:
        if self.every == "batch":
            self.schedule.step()

    def on_epoch_end(self, trainer: "Trainer", row: Row) -> None:
        if self.every == "epoch":
            self.schedule.step(row[self.monitor] if self.schedule.needs_metric else None)
