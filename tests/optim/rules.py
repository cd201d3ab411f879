"""Rules with options that matter, for tests that hold for every optimiser."""

from chainrule.optim import (
    ASGD,
    SGD,
    Adadelta,
    Adafactor,
    Adagrad,
    Adam,
    Adamax,
    AdamW,
    NAdam,
    RAdam,
    RMSprop,
)

RULES = [(SGD, {"lr": 0.1, "momentum": 0.9}), (Adam, {"lr": 0.01, "amsgrad": True}), (AdamW, {"lr": 0.01}),
         (RMSprop, {"centered": True, "momentum": 0.5}), (ASGD, {"lr": 0.1, "t0": 3}), (Adadelta, {}),
         (Adafactor, {"lr": 0.1}), (Adagrad, {"lr_decay": 0.1, "initial_accumulator_value": 0.5}), (Adamax, {}),
         (NAdam, {}), (RAdam, {"betas": (0.9, 0.99)})]
SHAPES = [(3, 5), (5,), (), (4, 2, 3), (1,)]
