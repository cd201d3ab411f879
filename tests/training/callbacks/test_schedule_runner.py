"""ScheduleRunner: after epochs, after batches, and with the number a plateau is judged by."""

import numpy as np
import pytest

from chainrule.data import DataLoader
from chainrule.layers.core import UnknownNameError, ValueRangeError
from chainrule.losses import MSELoss
from chainrule.optim import SGD, LinearLR, ReduceLROnPlateau, StepLR
from chainrule.training import Callback, ScheduleRunner, Trainer


@pytest.fixture
def run(network, regression):
    def rates(schedule, every="epoch", monitor="val_loss", before=(), validation=None, epochs=4):
        model, seen = network(), []

        class Rates(Callback):
            def on_batch_begin(self, trainer, x, y):
                seen.append(round(trainer.optimizer.param_groups[0]["lr"], 9))

        optimizer = SGD(model.parameters(), lr=0.8)
        Trainer(model, MSELoss(), optimizer, callbacks=[*before, ScheduleRunner(schedule(optimizer), every, monitor),
                                                        Rates()]).fit(
            DataLoader(regression(), 12), epochs, validation)
        return seen

    return rates


def test_after_every_epoch(run):
    assert run(lambda optimizer: StepLR(optimizer, 1, 0.5)) == [0.8, 0.8, 0.4, 0.4, 0.2, 0.2, 0.1, 0.1]


def test_after_every_batch(run):
    rates = run(lambda optimizer: LinearLR(optimizer, 0.25, total_iters=4), every="batch", epochs=3)
    np.testing.assert_allclose(rates, [0.2, 0.35, 0.5, 0.65, 0.8, 0.8])


class Played(Callback):
    def on_epoch_end(self, trainer, row):
        row["val_loss"] = [3, 2, 2, 2, 1][trainer.epoch - 1]


def test_a_plateau_is_judged_by_the_monitored_number(run, regression):
    rates = run(lambda optimizer: ReduceLROnPlateau(optimizer, factor=0.5, patience=1), before=[Played()], epochs=5,
                validation=regression())
    assert rates[::2] == [0.8, 0.8, 0.8, 0.8, 0.4]


def test_what_does_not_go_together(run, regression):
    with pytest.raises(UnknownNameError, match=r"monitor of ScheduleRunner 'val_loss'.*give fit validation data"):
        run(ReduceLROnPlateau)
    with pytest.raises(ValueRangeError, match="ReduceLROnPlateau expected mode='min' to watch loss"):
        run(lambda optimizer: ReduceLROnPlateau(optimizer, mode="max"), monitor="loss")
    with pytest.raises(ValueRangeError, match="expected every='epoch' for ReduceLROnPlateau"):
        run(ReduceLROnPlateau, every="batch")
    with pytest.raises(UnknownNameError, match="unknown every of ScheduleRunner 'step'"):
        run(lambda optimizer: StepLR(optimizer, 1), every="step")
