"""Data that do not fit the loss and schedules that do not fit the time are named; sound plans raise no alarm."""

import numpy as np
import pytest

from chainrule.analysis.doctor import Plan, suspect_planning
from chainrule.data import ArrayDataset
from chainrule.layers import Linear
from chainrule.losses import BCEWithLogitsLoss, CrossEntropyLoss, MSELoss
from chainrule.optim import SGD, Adam, AdamW, CosineAnnealingLR, MultiStepLR, OneCycleLR, StepLR
from chainrule.training import EarlyStopping, ScheduleRunner, Trainer

X = np.random.default_rng(0).normal(size=(60, 3)).astype(np.float32)
CLASSES = np.arange(60) % 4


def suspicions(x=X, y=CLASSES, loss=None, optimizer=SGD, callbacks=lambda optimizer: [], held_out=True, **options):
    model = Linear(3, 4)
    made = optimizer(model.parameters(), lr=0.1, **options)
    trainer = Trainer(model, loss or CrossEntropyLoss(), made, callbacks=callbacks(made))
    return list(suspect_planning(Plan(trainer, ArrayDataset(x, y), 32, epochs=10, held_out=held_out)))


@pytest.mark.parametrize(("options", "shown"), [
    ({"x": 50 + 200 * X}, "far from 0 and 1; set data.standardize"),
    ({"x": X / 1000}, "far from 0 and 1"),
    ({"y": CLASSES[:, None].astype(np.float32), "loss": MSELoss()},
     "targets are 0, 1, … 3, which look like classes, but MSELoss() takes them for numbers"),
    ({"y": CLASSES[:, None].astype(np.float32), "loss": BCEWithLogitsLoss()}, "wants targets from 0 to 1, got 0 to 3"),
    ({"y": (np.arange(60) > 56).astype(int)}, "the rarest class has 3 samples, the most frequent 57; set "
                                               "training.class_weight: balanced"),
    ({"y": np.zeros(60, int)}, "all targets are of one class"),
    ({"held_out": False}, "nothing is held out"),
    ({"optimizer": Adam, "weight_decay": 0.1}, "take AdamW"),
    ({"callbacks": lambda optimizer: [EarlyStopping("loss", patience=10)]}, "patience of 10 in 10 epochs"),
    ({"callbacks": lambda optimizer: [ScheduleRunner(CosineAnnealingLR(optimizer, 5))]}, "rises again before the end"),
    ({"callbacks": lambda optimizer: [ScheduleRunner(CosineAnnealingLR(optimizer, 10), "batch")]},
     "T_max=10 for 20 batches"),
    ({"callbacks": lambda optimizer: [ScheduleRunner(CosineAnnealingLR(optimizer, 50))]}, "is still high at the end"),
    ({"callbacks": lambda optimizer: [ScheduleRunner(OneCycleLR(optimizer, 0.1, 5))]}, "it ends in an error"),
    ({"callbacks": lambda optimizer: [ScheduleRunner(StepLR(optimizer, 10))]}, "the learning rate never changes"),
    ({"callbacks": lambda optimizer: [ScheduleRunner(MultiStepLR(optimizer, [30, 60]))]}, "begins at 30 of 10 epochs"),
])
def test_each_is_named_alone(options, shown):
    (found,) = suspicions(**options)
    assert shown in found


@pytest.mark.parametrize("options", [
    {}, {"optimizer": AdamW, "weight_decay": 0.1}, {"y": X[:, :1], "loss": MSELoss()},
    {"y": (CLASSES[:, None] > 1).astype(np.float32), "loss": MSELoss()}, {"y": (np.arange(60) > 40).astype(int)},
    {"y": (np.arange(60) > 56).astype(int), "loss": CrossEntropyLoss(weight=[1.0, 19.0, 1, 1])},
    {"callbacks": lambda optimizer: [ScheduleRunner(CosineAnnealingLR(optimizer, 10)), EarlyStopping("loss", 3)]},
    {"x": np.arange(180).reshape(60, 3)},               # tokens are no measurements
])
def test_sound_plans_raise_no_alarm(options):
    assert suspicions(**options) == []
